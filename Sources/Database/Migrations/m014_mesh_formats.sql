-- The unit that whoever uploaded a mesh has said its coordinates are in, for a file that states none. NULL:
-- nobody said one, or the file states its own.
ALTER TABLE design_file ADD COLUMN unit TEXT;
ALTER TABLE upload ADD COLUMN unit TEXT;

-- A measurement says which unit the coordinates were read in and who said so. Until now all meshes were STL
-- and taken to be in millimetres.
UPDATE design_file
SET measurement = '{"unit":"millimeter","unit_source":"assumed",' || SUBSTR(measurement, 2)
WHERE measurement IS NOT NULL;
