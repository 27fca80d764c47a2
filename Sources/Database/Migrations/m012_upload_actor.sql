-- Who began an upload: the audit trail names them, whoever completes it. Not known of uploads from before.
ALTER TABLE upload ADD COLUMN actor TEXT;
ALTER TABLE upload ADD COLUMN actor_id TEXT;
ALTER TABLE upload ADD COLUMN actor_role TEXT;

-- What a sweep looks for every minute: a few, however many there are.
CREATE INDEX blob_unfinished ON blob (name) WHERE state = 'receiving' OR state = 'abandoned';

-- A recovery once gave up pieces of uploads as if they were files. Those that no row has any more go.
UPDATE blob SET state = 'abandoned'
WHERE state = 'lost'
  AND NOT EXISTS (SELECT 1 FROM design_file WHERE design_file.blob_name = blob.name)
  AND NOT EXISTS (SELECT 1 FROM upload_segment WHERE upload_segment.blob_name = blob.name);
