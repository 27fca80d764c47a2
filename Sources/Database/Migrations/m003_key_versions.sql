-- The versions of the wrapping key; the keys themselves are in the key ring. A commit that stores what is
-- wrapped asks here whether its version is retired, and retiring asks in its own commit whether anything
-- is left: so nothing is ever stored under a version whose key is destroyed.
CREATE TABLE key_version (
  number BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
  created_at BIGINT NOT NULL,
  -- When the last of what was wrapped under it was found to be wrapped anew.
  unused_since BIGINT,
  retired_at BIGINT,
  CHECK (retired_at IS NULL OR unused_since IS NOT NULL)
);

-- What is wrapped under which version, in the order in which it is wrapped anew. An order's entry goes to
-- the end of its index, as its other entries do.
CREATE INDEX design_file_key ON design_file (key_version, id) WHERE wrapped_key IS NOT NULL;
CREATE INDEX customer_order_key ON customer_order (ship_to_key_version, id);
