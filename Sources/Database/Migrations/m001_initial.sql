-- Column types are PostgreSQL's; SQLite gets its own by hook. Instants are milliseconds, days are
-- days since 1970-01-01, money is minor units with an ISO 4217 code, sizes are micrometres, JSON is
-- text. Tables with small rows that every order writes to lie in SQLite in the order of their primary
-- key, which saves an index each; an index on one of them has to be worth a page in the commit of every
-- order. Every table that belongs to a brand says which. No CHECK lists the
-- words that a column may hold: SQLite cannot drop one, and the sets grow. Whoever reads a word refuses
-- one it does not know.

CREATE TABLE brand (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE bureau (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  recipient TEXT,
  verification_key TEXT,
  created_at BIGINT NOT NULL,
  enrolled_at BIGINT
);

-- Goes up with every change to what bureaus can do; a decision names the version it saw.
CREATE TABLE network (
  id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  version BIGINT NOT NULL
);
INSERT INTO network (id, version) VALUES (1, 0);

-- A fixed value, wrapped: a key ring that does not unwrap it is not the one that sealed this data.
CREATE TABLE key_ring_check (
  id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  wrapped BYTEA NOT NULL,
  key_version BIGINT NOT NULL
);

CREATE TABLE api_key (
  id TEXT NOT NULL PRIMARY KEY,
  secret_sha256 BYTEA NOT NULL UNIQUE,
  role TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

CREATE TABLE site (
  id TEXT NOT NULL PRIMARY KEY,
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  latitude_e6 BIGINT NOT NULL,
  longitude_e6 BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX site_bureau ON site (bureau_id);

CREATE TABLE machine (
  id TEXT NOT NULL PRIMARY KEY,
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  site_id TEXT NOT NULL REFERENCES site (id),
  name TEXT NOT NULL,
  process TEXT NOT NULL,
  build_x_um BIGINT NOT NULL,
  build_y_um BIGINT NOT NULL,
  build_z_um BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (site_id, name)
);
CREATE INDEX machine_bureau ON machine (bureau_id);

CREATE TABLE machine_material (
  machine_id TEXT NOT NULL REFERENCES machine (id),
  material TEXT NOT NULL,
  PRIMARY KEY (machine_id, material)
);

CREATE TABLE certification (
  id TEXT NOT NULL PRIMARY KEY,
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  site_id TEXT REFERENCES site (id),
  machine_id TEXT REFERENCES machine (id),
  process TEXT,
  material TEXT,
  scheme TEXT NOT NULL,
  issuer TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_until BIGINT NOT NULL,
  document_sha256 TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX certification_bureau ON certification (bureau_id);

-- "receiving", "live" or "abandoned". A row is committed before the first byte of its blob; "abandoned"
-- is the one way to deletion.
CREATE TABLE blob (
  name TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE design (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX design_brand ON design (brand_id, id);

CREATE TABLE revision (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  number BIGINT NOT NULL,
  state TEXT NOT NULL,
  profile TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  released_at BIGINT,
  UNIQUE (design_id, number)
);

-- The sealed payload lies in the blob store; its file key lies here, wrapped under a version of the
-- key ring; it is NULL once it was destroyed. Sizes, volume and the rest are in the measurement (JSON),
-- which is NULL for what is no mesh.
CREATE TABLE design_file (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  blob_name TEXT NOT NULL REFERENCES blob (name),
  plaintext_bytes BIGINT NOT NULL,
  payload_bytes BIGINT NOT NULL,
  payload_sha256 BYTEA NOT NULL,
  wrapped_key BYTEA,
  key_version BIGINT NOT NULL,
  measurement TEXT,
  created_at BIGINT NOT NULL,
  UNIQUE (revision_id, name)
);

CREATE TABLE licence (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  terms TEXT NOT NULL,
  authorised BIGINT NOT NULL CHECK (authorised >= 0),
  reserved BIGINT NOT NULL CHECK (reserved >= 0),
  consumed BIGINT NOT NULL CHECK (consumed >= 0),
  scrap_allowance BIGINT NOT NULL CHECK (scrap_allowance >= 0),
  scrapped BIGINT NOT NULL CHECK (scrapped >= 0),
  created_at BIGINT NOT NULL,
  CHECK (reserved + consumed <= authorised),
  CHECK (scrapped <= scrap_allowance)
);
CREATE INDEX licence_design ON licence (design_id);

CREATE TABLE part (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  licence_id TEXT NOT NULL REFERENCES licence (id),
  sku TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  fits TEXT NOT NULL,
  price_minor BIGINT NOT NULL CHECK (price_minor >= 0),
  payout_minor BIGINT NOT NULL CHECK (payout_minor >= 0),
  currency TEXT NOT NULL,
  lead_days BIGINT NOT NULL CHECK (lead_days BETWEEN 1 AND 365),
  created_at BIGINT NOT NULL,
  UNIQUE (brand_id, sku)
);

-- Ship-to is sealed under a key of its own, which is wrapped under the key ring; what matching needs
-- of it is the country and a place rounded to a tenth of a degree.
CREATE TABLE customer_order (
  id TEXT NOT NULL,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  part_id TEXT NOT NULL REFERENCES part (id),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  total_minor BIGINT NOT NULL,
  currency TEXT NOT NULL,
  state TEXT NOT NULL,
  country TEXT NOT NULL,
  latitude_e1 BIGINT NOT NULL,
  longitude_e1 BIGINT NOT NULL,
  ship_to BYTEA NOT NULL,
  ship_to_key BYTEA NOT NULL,
  ship_to_key_version BIGINT NOT NULL,
  placed_at BIGINT NOT NULL,
  -- Its one job, which refers to the order in turn.
  job_id TEXT NOT NULL,
  PRIMARY KEY (brand_id, id)
);

-- Scoped to the role and tenant that asked, committed with the effect; holds identifiers, not bodies.
CREATE TABLE idempotency (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint BYTEA NOT NULL,
  resource_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
) /* WITHOUT ROWID */;

CREATE TABLE job (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  order_id TEXT NOT NULL,
  part_id TEXT NOT NULL REFERENCES part (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  licence_id TEXT NOT NULL REFERENCES licence (id),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  attempt BIGINT NOT NULL CHECK (attempt >= 1),
  bureau_id TEXT REFERENCES bureau (id),
  machine_id TEXT REFERENCES machine (id),
  epoch BIGINT NOT NULL CHECK (epoch >= 0),
  lease_holder TEXT,
  production_day BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  FOREIGN KEY (brand_id, order_id) REFERENCES customer_order (brand_id, id)
) /* WITHOUT ROWID */;
-- What a bureau has accepted: a job that is placed is offered to one, and none of its business yet.
CREATE INDEX job_taken ON job (bureau_id, state) WHERE bureau_id IS NOT NULL AND state <> 'offered';

CREATE TABLE offer (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  job_id TEXT NOT NULL REFERENCES job (id),
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  site_id TEXT NOT NULL REFERENCES site (id),
  machine_id TEXT NOT NULL REFERENCES machine (id),
  state TEXT NOT NULL,
  payout_minor BIGINT NOT NULL,
  currency TEXT NOT NULL,
  reason TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  answered_at BIGINT,
  UNIQUE (job_id, bureau_id)
) /* WITHOUT ROWID */;
-- A job has at most one open offer: only what moves the job from "queued" to "offered" makes one.
CREATE INDEX offer_open ON offer (bureau_id, expires_at, id) WHERE state = 'open';

-- What replays a choice: the network version, the policy, the inputs, the outcome.
CREATE TABLE decision (
  id TEXT NOT NULL,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  order_id TEXT NOT NULL,
  network_version BIGINT NOT NULL,
  policy TEXT NOT NULL,
  inputs TEXT NOT NULL,
  outcome TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (order_id, id),
  FOREIGN KEY (brand_id, order_id) REFERENCES customer_order (brand_id, id)
);

-- An event carries the job's version: a reader ignores a lower one than it has seen.
CREATE TABLE event (
  job_id TEXT NOT NULL REFERENCES job (id),
  version BIGINT NOT NULL,
  id TEXT NOT NULL,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  kind TEXT NOT NULL,
  data TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (job_id, version)
) /* WITHOUT ROWID */;

-- Append-only: licence entries and release entries, in the commit of what they record. A bureau's
-- enrolment belongs to no brand.
CREATE TABLE ledger_entry (
  number BIGINT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  brand_id TEXT REFERENCES brand (id),
  kind TEXT NOT NULL,
  licence_id TEXT REFERENCES licence (id),
  job_id TEXT,
  bureau_id TEXT,
  body TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX ledger_entry_licence ON ledger_entry (licence_id, number);

-- At most one key release for a job and a bureau; no key is wrapped without its row.
CREATE TABLE key_release (
  job_id TEXT NOT NULL REFERENCES job (id),
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  brand_id TEXT NOT NULL REFERENCES brand (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  licence_id TEXT NOT NULL REFERENCES licence (id),
  recipient TEXT NOT NULL,
  ledger_id TEXT NOT NULL REFERENCES ledger_entry (id),
  at BIGINT NOT NULL,
  PRIMARY KEY (job_id, bureau_id)
);

-- Only what opens with the bureau's key: the signed manifest, the sealed ticket, the new headers.
CREATE TABLE package (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  job_id TEXT NOT NULL REFERENCES job (id),
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  manifest TEXT NOT NULL,
  ticket BYTEA NOT NULL,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (job_id, bureau_id)
);

CREATE TABLE package_file (
  package_id TEXT NOT NULL REFERENCES package (id),
  file_id TEXT NOT NULL REFERENCES design_file (id),
  header BYTEA NOT NULL,
  PRIMARY KEY (package_id, file_id)
);

-- What a bureau reported, once for each attempt and kind.
CREATE TABLE report (
  job_id TEXT NOT NULL REFERENCES job (id),
  attempt BIGINT NOT NULL,
  kind TEXT NOT NULL,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  epoch BIGINT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (job_id, attempt, kind)
);
