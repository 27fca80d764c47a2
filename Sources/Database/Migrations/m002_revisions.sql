-- What a file of a revision is for: "geometry", of which a revision has at most one, "drawing" or
-- "inspection_plan". Until now every file was geometry.
ALTER TABLE design_file ADD COLUMN purpose TEXT NOT NULL DEFAULT 'geometry';
CREATE UNIQUE INDEX design_file_one_geometry ON design_file (revision_id)
  WHERE purpose = 'geometry';
