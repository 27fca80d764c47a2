-- At most one draft of a design and one revision that is sold. The reason is the brand's own text.
ALTER TABLE revision ADD COLUMN withdrawn_at BIGINT;
ALTER TABLE revision ADD COLUMN withdrawal_reason TEXT;
CREATE UNIQUE INDEX revision_one_draft ON revision (design_id) WHERE state = 'draft';
CREATE UNIQUE INDEX revision_one_released ON revision (design_id) WHERE state = 'released';

-- How many of the brand's keys a release takes: 1 or 2.
ALTER TABLE brand ADD COLUMN release_approvals BIGINT NOT NULL DEFAULT 1;

-- Which keys want a draft released, and with which content: what was approved before the content changed
-- does not count.
CREATE TABLE revision_approval (
  revision_id TEXT NOT NULL REFERENCES revision (id),
  key_id TEXT NOT NULL REFERENCES api_key (id),
  brand_id TEXT NOT NULL REFERENCES brand (id),
  content_sha256 BYTEA NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (revision_id, key_id)
);

-- Which keys want fewer approvals, until enough of them do.
CREATE TABLE brand_approval (
  brand_id TEXT NOT NULL REFERENCES brand (id),
  key_id TEXT NOT NULL REFERENCES api_key (id),
  release_approvals BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (brand_id, key_id)
);

-- Goes up with every change that a person may have made: what an ETag is made of.
ALTER TABLE design ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE part ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE brand ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
