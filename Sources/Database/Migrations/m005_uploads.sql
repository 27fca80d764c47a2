-- An upload that survives a lost connection: how far it has come, until its bytes are a file. "open",
-- "finished" (file_id says as what) or "refused" (refusal says why, as JSON). The metadata is the text
-- that its client sent, which gets it back.
CREATE TABLE upload (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  media_type TEXT NOT NULL,
  metadata TEXT NOT NULL,
  length BIGINT NOT NULL CHECK (length >= 0),
  received BIGINT NOT NULL CHECK (received >= 0),
  state TEXT NOT NULL,
  file_id TEXT REFERENCES design_file (id),
  refusal TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  CHECK (received <= length)
);
CREATE INDEX upload_brand ON upload (brand_id, state, id);
CREATE INDEX upload_due ON upload (expires_at, id);

-- A piece of an open upload, from a byte of the file on: a blob of its own, sealed under a key of its own,
-- written once. An upload that ends takes its segments with it.
CREATE TABLE upload_segment (
  upload_id TEXT NOT NULL REFERENCES upload (id),
  first_byte BIGINT NOT NULL CHECK (first_byte >= 0),
  brand_id TEXT NOT NULL REFERENCES brand (id),
  bytes BIGINT NOT NULL CHECK (bytes > 0),
  blob_name TEXT NOT NULL REFERENCES blob (name),
  payload_bytes BIGINT NOT NULL,
  payload_sha256 BYTEA NOT NULL,
  wrapped_key BYTEA NOT NULL,
  key_version BIGINT NOT NULL,
  PRIMARY KEY (upload_id, first_byte)
);
-- In the order in which their keys are wrapped anew.
CREATE INDEX upload_segment_key ON upload_segment (key_version, blob_name);

-- What a brand may store, where its operator has said something else than the configuration does.
CREATE TABLE brand_quota (
  brand_id TEXT NOT NULL PRIMARY KEY REFERENCES brand (id),
  stored_bytes_max BIGINT,
  open_uploads_max BIGINT
);

-- The sum of a brand's files is taken with every upload: from the index alone.
CREATE INDEX design_file_brand ON design_file (brand_id, plaintext_bytes);
