-- A brand's keys have roles. Those from before the roles could do everything, so they are its owner's.
UPDATE api_key SET role = 'owner' WHERE role = 'brand';
ALTER TABLE api_key ADD COLUMN last_used_at BIGINT;
CREATE INDEX api_key_tenant ON api_key (tenant_id, id);

-- Append-only: who did what with a brand's things, in the commit of what it records. No statement
-- changes or deletes an entry. Numbers are the brand's own and without gaps. What an entry names may be
-- gone by the time it is read, so nothing but the brand is referenced.
CREATE TABLE audit_entry (
  brand_id TEXT NOT NULL REFERENCES brand (id),
  number BIGINT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  actor_id TEXT,
  actor_role TEXT,
  design_id TEXT,
  revision_id TEXT,
  file_id TEXT,
  licence_id TEXT,
  order_id TEXT,
  job_id TEXT,
  bureau_id TEXT,
  key_id TEXT,
  detail TEXT NOT NULL,
  PRIMARY KEY (brand_id, number)
) /* WITHOUT ROWID */;
