CREATE TABLE api_key (
  id TEXT NOT NULL PRIMARY KEY,
  secret_sha256 BLOB NOT NULL UNIQUE,
  role TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  label TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
, last_used_at INTEGER) STRICT;

CREATE TABLE audit_entry (
  brand_id TEXT NOT NULL REFERENCES brand (id),
  number INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
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
)  STRICT, WITHOUT ROWID;

CREATE TABLE blob (
  name TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE brand (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
, release_approvals INTEGER NOT NULL DEFAULT 1, version INTEGER NOT NULL DEFAULT 1, archive_recipient TEXT) STRICT;

CREATE TABLE brand_approval (
  brand_id TEXT NOT NULL REFERENCES brand (id),
  key_id TEXT NOT NULL REFERENCES api_key (id),
  release_approvals INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (brand_id, key_id)
) STRICT;

CREATE TABLE brand_quota (
  brand_id TEXT NOT NULL PRIMARY KEY REFERENCES brand (id),
  stored_bytes_max INTEGER,
  open_uploads_max INTEGER
) STRICT;

CREATE TABLE bureau (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  recipient TEXT,
  verification_key TEXT,
  created_at INTEGER NOT NULL,
  enrolled_at INTEGER
) STRICT;

CREATE TABLE certification (
  id TEXT NOT NULL PRIMARY KEY,
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  site_id TEXT REFERENCES site (id),
  machine_id TEXT REFERENCES machine (id),
  process TEXT,
  material TEXT,
  scheme TEXT NOT NULL,
  issuer TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  document_sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE customer_order (
  id TEXT NOT NULL,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  part_id TEXT NOT NULL REFERENCES part (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  total_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  state TEXT NOT NULL,
  country TEXT NOT NULL,
  latitude_e1 INTEGER NOT NULL,
  longitude_e1 INTEGER NOT NULL,
  ship_to BLOB NOT NULL,
  ship_to_key BLOB NOT NULL,
  ship_to_key_version INTEGER NOT NULL,
  placed_at INTEGER NOT NULL,
  -- Its one job, which refers to the order in turn.
  job_id TEXT NOT NULL,
  PRIMARY KEY (brand_id, id)
) STRICT;

CREATE TABLE decision (
  id TEXT NOT NULL,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  order_id TEXT NOT NULL,
  network_version INTEGER NOT NULL,
  policy TEXT NOT NULL,
  inputs TEXT NOT NULL,
  outcome TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (order_id, id),
  FOREIGN KEY (brand_id, order_id) REFERENCES customer_order (brand_id, id)
) STRICT;

CREATE TABLE design (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
, version INTEGER NOT NULL DEFAULT 1, shredding_id TEXT REFERENCES shredding (id), pq_only INTEGER NOT NULL DEFAULT 1 CHECK (pq_only BETWEEN 0 AND 1), classical_releases INTEGER NOT NULL DEFAULT 0, reference TEXT, shredded INTEGER NOT NULL DEFAULT 0 CHECK (shredded BETWEEN 0 AND 1), preview_in_offers INTEGER NOT NULL DEFAULT 0
  CHECK (preview_in_offers BETWEEN 0 AND 1)) STRICT;

CREATE TABLE design_file (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  blob_name TEXT NOT NULL REFERENCES blob (name),
  plaintext_bytes INTEGER NOT NULL,
  payload_bytes INTEGER NOT NULL,
  payload_sha256 BLOB NOT NULL,
  wrapped_key BLOB,
  key_version INTEGER NOT NULL,
  measurement TEXT,
  created_at INTEGER NOT NULL, purpose TEXT NOT NULL DEFAULT 'geometry', unit TEXT,
  UNIQUE (revision_id, name)
) STRICT;

CREATE TABLE event (
  job_id TEXT NOT NULL REFERENCES job (id),
  version INTEGER NOT NULL,
  id TEXT NOT NULL,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  kind TEXT NOT NULL,
  data TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (job_id, version)
)  STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  resource_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
)  STRICT, WITHOUT ROWID;

CREATE TABLE installation (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number = 1),
  id TEXT NOT NULL,
  generation INTEGER NOT NULL CHECK (generation > 0),
  beat INTEGER NOT NULL CHECK (beat > 0),
  beat_at INTEGER NOT NULL
) STRICT;

CREATE TABLE job (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  order_id TEXT NOT NULL,
  part_id TEXT NOT NULL REFERENCES part (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  licence_id TEXT NOT NULL REFERENCES licence (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  bureau_id TEXT REFERENCES bureau (id),
  machine_id TEXT REFERENCES machine (id),
  epoch INTEGER NOT NULL CHECK (epoch >= 0),
  lease_holder TEXT,
  production_day INTEGER NOT NULL,
  due_day INTEGER NOT NULL,
  created_at INTEGER NOT NULL, profile_id TEXT REFERENCES print_profile (id),
  FOREIGN KEY (brand_id, order_id) REFERENCES customer_order (brand_id, id)
)  STRICT, WITHOUT ROWID;

CREATE TABLE key_release (
  job_id TEXT NOT NULL REFERENCES job (id),
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  brand_id TEXT NOT NULL REFERENCES brand (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  licence_id TEXT NOT NULL REFERENCES licence (id),
  recipient TEXT NOT NULL,
  ledger_id TEXT NOT NULL REFERENCES ledger_entry (id),
  at INTEGER NOT NULL,
  PRIMARY KEY (job_id, bureau_id)
) STRICT;

CREATE TABLE key_ring_check (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  wrapped BLOB NOT NULL,
  key_version INTEGER NOT NULL
) STRICT;

CREATE TABLE key_version (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
  created_at INTEGER NOT NULL,
  -- When the last of what was wrapped under it was found to be wrapped anew.
  unused_since INTEGER,
  retired_at INTEGER,
  CHECK (retired_at IS NULL OR unused_since IS NOT NULL)
) STRICT;

CREATE TABLE ledger_entry (
  number INTEGER NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  brand_id TEXT REFERENCES brand (id),
  kind TEXT NOT NULL,
  licence_id TEXT REFERENCES licence (id),
  job_id TEXT,
  bureau_id TEXT,
  body TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE licence (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  terms TEXT NOT NULL,
  authorised INTEGER NOT NULL CHECK (authorised >= 0),
  reserved INTEGER NOT NULL CHECK (reserved >= 0),
  consumed INTEGER NOT NULL CHECK (consumed >= 0),
  scrap_allowance INTEGER NOT NULL CHECK (scrap_allowance >= 0),
  scrapped INTEGER NOT NULL CHECK (scrapped >= 0),
  created_at INTEGER NOT NULL,
  CHECK (reserved + consumed <= authorised),
  CHECK (scrapped <= scrap_allowance)
) STRICT;

CREATE TABLE machine (
  id TEXT NOT NULL PRIMARY KEY,
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  site_id TEXT NOT NULL REFERENCES site (id),
  name TEXT NOT NULL,
  process TEXT NOT NULL,
  build_x_um INTEGER NOT NULL,
  build_y_um INTEGER NOT NULL,
  build_z_um INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (site_id, name)
) STRICT;

CREATE TABLE machine_material (
  machine_id TEXT NOT NULL REFERENCES machine (id),
  material TEXT NOT NULL,
  PRIMARY KEY (machine_id, material)
) STRICT;

CREATE TABLE measuring (
  file_id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL,
  revision_id TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  crashes INTEGER NOT NULL CHECK (crashes >= 0),
  report TEXT,
  code TEXT,
  detail TEXT,
  asked_at INTEGER NOT NULL,
  settled_at INTEGER
) STRICT;

CREATE TABLE measuring_use (
  brand_id TEXT NOT NULL REFERENCES brand (id),
  minute INTEGER NOT NULL,
  cpu_milliseconds INTEGER NOT NULL,
  PRIMARY KEY (brand_id, minute)
)  STRICT, WITHOUT ROWID;

CREATE TABLE network (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE offer (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  job_id TEXT NOT NULL REFERENCES job (id),
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  site_id TEXT NOT NULL REFERENCES site (id),
  machine_id TEXT NOT NULL REFERENCES machine (id),
  state TEXT NOT NULL,
  payout_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  reason TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  answered_at INTEGER,
  UNIQUE (job_id, bureau_id)
)  STRICT, WITHOUT ROWID;

CREATE TABLE package (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  job_id TEXT NOT NULL REFERENCES job (id),
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  manifest TEXT NOT NULL,
  ticket BLOB NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (job_id, bureau_id)
) STRICT;

CREATE TABLE package_file (
  package_id TEXT NOT NULL REFERENCES package (id),
  file_id TEXT NOT NULL REFERENCES design_file (id),
  header BLOB NOT NULL,
  PRIMARY KEY (package_id, file_id)
) STRICT;

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
  price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
  payout_minor INTEGER NOT NULL CHECK (payout_minor >= 0),
  currency TEXT NOT NULL,
  lead_days INTEGER NOT NULL CHECK (lead_days BETWEEN 1 AND 365),
  created_at INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1, profile_id TEXT REFERENCES print_profile (id),
  UNIQUE (brand_id, sku)
) STRICT;

CREATE TABLE preview (
  file_id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL,
  revision_id TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  asked_at INTEGER NOT NULL,
  sealed BLOB
) STRICT;

CREATE TABLE print_profile (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  place INTEGER NOT NULL CHECK (place >= 1),
  name TEXT NOT NULL,
  profile TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (revision_id, name),
  UNIQUE (revision_id, place)
) STRICT;

CREATE TABLE report (
  job_id TEXT NOT NULL REFERENCES job (id),
  attempt INTEGER NOT NULL,
  kind TEXT NOT NULL,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  epoch INTEGER NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (job_id, attempt, kind)
) STRICT;

CREATE TABLE revision (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  released_at INTEGER, withdrawn_at INTEGER, withdrawal_reason TEXT, shredding_id TEXT REFERENCES shredding (id),
  UNIQUE (design_id, number)
) STRICT;

CREATE TABLE revision_approval (
  revision_id TEXT NOT NULL REFERENCES revision (id),
  key_id TEXT NOT NULL REFERENCES api_key (id),
  brand_id TEXT NOT NULL REFERENCES brand (id),
  content_sha256 BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (revision_id, key_id)
) STRICT;

CREATE TABLE schema_migration (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE shredding (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT REFERENCES revision (id),
  state TEXT NOT NULL,
  ended_uploads INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  ledger_id TEXT NOT NULL REFERENCES ledger_entry (id),
  at INTEGER NOT NULL,
  erased_at INTEGER
) STRICT;

CREATE TABLE shredding_blob (
  shredding_id TEXT NOT NULL REFERENCES shredding (id),
  blob_name TEXT NOT NULL,
  PRIMARY KEY (shredding_id, blob_name)
) STRICT;

CREATE TABLE shredding_key_version (
  shredding_id TEXT NOT NULL REFERENCES shredding (id),
  number INTEGER NOT NULL,
  PRIMARY KEY (shredding_id, number)
) STRICT;

CREATE TABLE site (
  id TEXT NOT NULL PRIMARY KEY,
  bureau_id TEXT NOT NULL REFERENCES bureau (id),
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  latitude_e6 INTEGER NOT NULL,
  longitude_e6 INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE upload (
  id TEXT NOT NULL PRIMARY KEY,
  brand_id TEXT NOT NULL REFERENCES brand (id),
  design_id TEXT NOT NULL REFERENCES design (id),
  revision_id TEXT NOT NULL REFERENCES revision (id),
  name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  media_type TEXT NOT NULL,
  metadata TEXT NOT NULL,
  length INTEGER NOT NULL CHECK (length >= 0),
  received INTEGER NOT NULL CHECK (received >= 0),
  state TEXT NOT NULL,
  file_id TEXT REFERENCES design_file (id),
  refusal TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, actor TEXT, actor_id TEXT, actor_role TEXT, unit TEXT,
  CHECK (received <= length)
) STRICT;

CREATE TABLE upload_segment (
  upload_id TEXT NOT NULL REFERENCES upload (id),
  first_byte INTEGER NOT NULL CHECK (first_byte >= 0),
  brand_id TEXT NOT NULL REFERENCES brand (id),
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  blob_name TEXT NOT NULL REFERENCES blob (name),
  payload_bytes INTEGER NOT NULL,
  payload_sha256 BLOB NOT NULL,
  wrapped_key BLOB NOT NULL,
  key_version INTEGER NOT NULL,
  PRIMARY KEY (upload_id, first_byte)
) STRICT;

CREATE INDEX api_key_tenant ON api_key (tenant_id, id);

CREATE INDEX blob_unfinished ON blob (name) WHERE state = 'receiving' OR state = 'abandoned';

CREATE INDEX certification_bureau ON certification (bureau_id);

CREATE INDEX customer_order_key ON customer_order (ship_to_key_version, id);

CREATE INDEX design_brand ON design (brand_id, id);

CREATE INDEX design_file_blob ON design_file (blob_name);

CREATE INDEX design_file_key ON design_file (key_version, id) WHERE wrapped_key IS NOT NULL;

CREATE UNIQUE INDEX design_file_one_geometry ON design_file (revision_id)
  WHERE purpose = 'geometry';

CREATE INDEX design_file_stored ON design_file (brand_id, plaintext_bytes)
  WHERE wrapped_key IS NOT NULL;

CREATE UNIQUE INDEX design_reference ON design (brand_id, reference) WHERE reference IS NOT NULL;

CREATE INDEX job_taken ON job (bureau_id, state) WHERE bureau_id IS NOT NULL AND state <> 'offered';

CREATE INDEX ledger_entry_licence ON ledger_entry (licence_id, number);

CREATE INDEX licence_design ON licence (design_id);

CREATE INDEX machine_bureau ON machine (bureau_id);

CREATE INDEX measuring_brand ON measuring (brand_id, state);

CREATE INDEX measuring_queue ON measuring (state, brand_id, asked_at, file_id);

CREATE INDEX offer_open ON offer (bureau_id, expires_at, id) WHERE state = 'open';

CREATE INDEX preview_queue ON preview (state, brand_id, asked_at, file_id);

CREATE INDEX preview_revision ON preview (revision_id);

CREATE UNIQUE INDEX revision_one_draft ON revision (design_id) WHERE state = 'draft';

CREATE UNIQUE INDEX revision_one_released ON revision (design_id) WHERE state = 'released';

CREATE INDEX revision_shredding ON revision (shredding_id) WHERE shredding_id IS NOT NULL;

CREATE INDEX shredding_brand ON shredding (brand_id, id);

CREATE INDEX shredding_erasing ON shredding (id) WHERE state = 'erasing';

CREATE INDEX site_bureau ON site (bureau_id);

CREATE INDEX upload_brand ON upload (brand_id, state, id);

CREATE INDEX upload_due ON upload (expires_at, id);

CREATE INDEX upload_segment_key ON upload_segment (key_version, blob_name);
