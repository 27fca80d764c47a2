-- The unit that whoever uploaded a mesh has said its coordinates are in, for a file that states none. NULL:
-- nobody said one, or the file states its own.
ALTER TABLE design_file ADD COLUMN unit TEXT;
ALTER TABLE upload ADD COLUMN unit TEXT;

-- A measurement says which unit the coordinates were read in and who said so. Until now all meshes were STL
-- and taken to be in millimetres.
UPDATE design_file
SET measurement = '{"unit":"millimeter","unit_source":"assumed",' || SUBSTR(measurement, 2)
WHERE measurement IS NOT NULL;

-- The picture of a mesh, which a worker draws once it is measured: "pending", "running", "done" or "failed"
-- (there is none, and nobody tries again). It is sealed under a key that follows from the file's: without that
-- it is noise. A file that is gone has none.
CREATE TABLE preview (
  file_id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL,
  revision_id TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt BIGINT NOT NULL CHECK (attempt >= 0),
  asked_at BIGINT NOT NULL,
  sealed BYTEA
);
CREATE INDEX preview_queue ON preview (state, brand_id, asked_at, file_id);
CREATE INDEX preview_revision ON preview (revision_id);

-- Whether bureaus see it with an offer.
ALTER TABLE design ADD COLUMN preview_in_offers BIGINT NOT NULL DEFAULT 0
  CHECK (preview_in_offers BETWEEN 0 AND 1);
