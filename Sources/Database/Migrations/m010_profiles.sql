-- Which keys a design may be sealed to belongs to the design: a classical header exposes the payload
-- whichever licence it was made under. It was said by the licence's terms until now; a design goes to
-- classical keys where all of its licences allowed that.
ALTER TABLE design ADD COLUMN pq_only BIGINT NOT NULL DEFAULT 1 CHECK (pq_only BETWEEN 0 AND 1);
UPDATE design SET pq_only = 0
  WHERE EXISTS (SELECT 1 FROM licence WHERE licence.design_id = design.id)
    AND NOT EXISTS (
      SELECT 1 FROM licence
      WHERE licence.design_id = design.id AND licence.terms NOT LIKE '%"pq_only":false%');

-- How many key releases went to classical keys: what no later change takes back.
ALTER TABLE design ADD COLUMN classical_releases BIGINT NOT NULL DEFAULT 0;
UPDATE design SET classical_releases = (
  SELECT COUNT(*) FROM key_release JOIN revision ON revision.id = key_release.revision_id
  WHERE revision.design_id = design.id AND key_release.recipient NOT LIKE 'age1pq1%');

-- How a revision is made: one or more ways, each under a name that is the same from revision to revision.
-- A part sells one of them, and an order keeps the one that it was placed on.
CREATE TABLE print_profile (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  place BIGINT NOT NULL CHECK (place >= 1),
  name TEXT NOT NULL,
  profile TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (revision_id, name),
  UNIQUE (revision_id, place)
);

-- Each revision had one, which takes the revision's own number.
INSERT INTO print_profile (
  id, brand_id, design_id, revision_id, place, name, profile, created_at)
  SELECT 'prf_' || SUBSTR(id, 5), brand_id, design_id, id, 1, 'standard', profile, created_at
  FROM revision;
ALTER TABLE revision DROP COLUMN profile;

-- Neither is ever NULL: SQLite adds no column that is a reference and NOT NULL.
ALTER TABLE part ADD COLUMN profile_id TEXT REFERENCES print_profile (id);
UPDATE part SET profile_id = 'prf_' || SUBSTR(revision_id, 5);
ALTER TABLE job ADD COLUMN profile_id TEXT REFERENCES print_profile (id);
UPDATE job SET profile_id = 'prf_' || SUBSTR(revision_id, 5);

-- A brand's own name for a design, so that who makes designs from a list finds the ones that are there.
ALTER TABLE design ADD COLUMN reference TEXT;
CREATE UNIQUE INDEX design_reference ON design (brand_id, reference) WHERE reference IS NOT NULL;
