-- What is left to be measured of a mesh once it is stored, by a worker: "pending", "running", "done" (report
-- has the counts, as JSON), "refused" or "quarantined" (code and detail say why). A row for each mesh that was
-- uploaded since there are workers, or that somebody asked for; it says which attempt is under way, and how
-- many workers this mesh has ended since somebody last asked. Nothing but the brand is referenced: a file that
-- is gone has nothing to be measured.
CREATE TABLE measuring (
  file_id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL,
  revision_id TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt BIGINT NOT NULL CHECK (attempt >= 0),
  crashes BIGINT NOT NULL CHECK (crashes >= 0),
  report TEXT,
  code TEXT,
  detail TEXT,
  asked_at BIGINT NOT NULL,
  settled_at BIGINT
);
CREATE INDEX measuring_queue ON measuring (state, brand_id, asked_at, file_id);
CREATE INDEX measuring_brand ON measuring (brand_id, state);

-- The processor time that a brand's meshes took, by the minute (since 1970) in which a worker ended.
CREATE TABLE measuring_use (
  brand_id TEXT NOT NULL REFERENCES brand (id),
  minute BIGINT NOT NULL,
  cpu_milliseconds BIGINT NOT NULL,
  PRIMARY KEY (brand_id, minute)
) /* WITHOUT ROWID */;

-- What can still be released is measured before it is.
INSERT INTO measuring (
  file_id, brand_id, design_id, revision_id, state, attempt, crashes, asked_at)
SELECT design_file.id, design_file.brand_id, design_file.design_id, design_file.revision_id, 'pending',
  0, 0, design_file.created_at
FROM design_file JOIN revision ON revision.id = design_file.revision_id
WHERE design_file.purpose = 'geometry' AND revision.state = 'draft';
