-- A design that is over. Its shredding says when and by whom; a design that came with an archive has none.
ALTER TABLE design ADD COLUMN shredded BIGINT NOT NULL DEFAULT 0 CHECK (shredded BETWEEN 0 AND 1);
UPDATE design SET shredded = 1 WHERE shredding_id IS NOT NULL;
