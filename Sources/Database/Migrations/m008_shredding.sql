-- What brands have shredded. The keys were destroyed in the commit that made the row; it is "erasing" until
-- nothing is left of them in the database's files and the payloads are deleted, and "erased" then. Without a
-- revision it is the whole design. The key is the API key that asked.
CREATE TABLE shredding (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT REFERENCES revision (id),
  state TEXT NOT NULL,
  ended_uploads BIGINT NOT NULL,
  key_id TEXT NOT NULL,
  ledger_id TEXT NOT NULL REFERENCES ledger_entry (id),
  at BIGINT NOT NULL,
  erased_at BIGINT
);
CREATE INDEX shredding_brand ON shredding (brand_id, id);
CREATE INDEX shredding_erasing ON shredding (id) WHERE state = 'erasing';

-- The versions of the wrapping key that its keys may ever have been wrapped under: what an old backup opens
-- with.
CREATE TABLE shredding_key_version (
  shredding_id TEXT NOT NULL REFERENCES shredding (id),
  number BIGINT NOT NULL,
  PRIMARY KEY (shredding_id, number)
);

-- The payloads that are still to be deleted.
CREATE TABLE shredding_blob (
  shredding_id TEXT NOT NULL REFERENCES shredding (id),
  blob_name TEXT NOT NULL,
  PRIMARY KEY (shredding_id, blob_name)
);

ALTER TABLE design ADD COLUMN shredding_id TEXT REFERENCES shredding (id);
ALTER TABLE revision ADD COLUMN shredding_id TEXT REFERENCES shredding (id);
CREATE INDEX revision_shredding ON revision (shredding_id) WHERE shredding_id IS NOT NULL;

-- A blob can be "erased": the file that it was of is shredded, the file's row stays and the bytes are gone.
CREATE INDEX design_file_blob ON design_file (blob_name);

-- A shredded file takes no room.
DROP INDEX design_file_brand;
CREATE INDEX design_file_stored ON design_file (brand_id, plaintext_bytes)
  WHERE wrapped_key IS NOT NULL;
