-- The training database. A statement ends with ';' at the end of a line. Never edited after a release: add a number.
-- State: 0 proposal, 1 certified, 2 rejected. Split: 0 train, 1 validation, 2 test. Texts and labels are netstrings
-- ("5:hello,3:you,"): readable, and any byte may stand in them. Times are milliseconds since 1970, UTC.

-- The counters are kept by the transaction that changes what they count. last_* never go back, so that a number is
-- not given twice. certified_change grows whenever the set of certified contents changes.
CREATE TABLE tasks (
  task_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  text_fields TEXT NOT NULL,
  image_field TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  proposals BIGINT NOT NULL DEFAULT 0,
  certified BIGINT NOT NULL DEFAULT 0,
  rejected BIGINT NOT NULL DEFAULT 0,
  certified_change BIGINT NOT NULL DEFAULT 0,
  last_snapshot BIGINT NOT NULL DEFAULT 0,
  last_run BIGINT NOT NULL DEFAULT 0,
  last_version BIGINT NOT NULL DEFAULT 0,
  last_promotion BIGINT NOT NULL DEFAULT 0
);

-- Every content that an item ever had. Rows are never changed; snapshots name them.
CREATE TABLE revisions (
  revision INTEGER PRIMARY KEY,
  task_id BIGINT NOT NULL REFERENCES tasks (task_id),
  id TEXT NOT NULL,
  split SMALLINT NOT NULL,
  content BLOB NOT NULL,
  image TEXT NOT NULL,
  group_name TEXT NOT NULL,
  labels TEXT NOT NULL,
  texts TEXT NOT NULL
);

-- What an item is now.
CREATE TABLE items (
  task_id BIGINT NOT NULL REFERENCES tasks (task_id),
  id TEXT NOT NULL,
  state SMALLINT NOT NULL,
  split SMALLINT NOT NULL,
  revision BIGINT NOT NULL,
  content BLOB NOT NULL,
  group_name TEXT NOT NULL,
  fingerprint BLOB NOT NULL
);
CREATE UNIQUE INDEX items_by_id ON items (task_id, id);
CREATE INDEX items_by_state ON items (task_id, state, id);

-- uses: items that have the label now; certified: those of them that are certified.
CREATE TABLE labels (
  label_id INTEGER PRIMARY KEY,
  task_id BIGINT NOT NULL REFERENCES tasks (task_id),
  label TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  uses BIGINT NOT NULL DEFAULT 0,
  certified BIGINT NOT NULL DEFAULT 0,
  UNIQUE (task_id, label)
);

CREATE TABLE item_labels (
  label_id BIGINT NOT NULL REFERENCES labels (label_id),
  id TEXT NOT NULL,
  PRIMARY KEY (label_id, id)
) WITHOUT ROWID;

-- members: the revisions by item id, delta-coded (members.h).
CREATE TABLE snapshots (
  task_id BIGINT NOT NULL REFERENCES tasks (task_id),
  number BIGINT NOT NULL,
  digest BLOB NOT NULL,
  items BIGINT NOT NULL,
  train BIGINT NOT NULL,
  validation BIGINT NOT NULL,
  test BIGINT NOT NULL,
  labels BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  certified_change BIGINT NOT NULL,
  members BLOB NOT NULL,
  PRIMARY KEY (task_id, number),
  UNIQUE (task_id, digest)
);

CREATE TABLE runs (
  task_id BIGINT NOT NULL REFERENCES tasks (task_id),
  number BIGINT NOT NULL,
  model TEXT NOT NULL,
  state TEXT NOT NULL,
  failure TEXT NOT NULL,
  snapshot BIGINT NOT NULL,
  parameters TEXT NOT NULL,
  environment TEXT NOT NULL,
  seed BIGINT NOT NULL,
  started_ms BIGINT NOT NULL,
  ended_ms BIGINT NOT NULL,
  train_seconds DOUBLE PRECISION,
  peak_memory_bytes BIGINT NOT NULL,
  PRIMARY KEY (task_id, number)
);

CREATE TABLE epochs (
  task_id BIGINT NOT NULL,
  run BIGINT NOT NULL,
  epoch INTEGER NOT NULL,
  train_loss DOUBLE PRECISION,
  validation_loss DOUBLE PRECISION,
  validation_score DOUBLE PRECISION,
  seconds DOUBLE PRECISION,
  PRIMARY KEY (task_id, run, epoch),
  FOREIGN KEY (task_id, run) REFERENCES runs (task_id, number)
);

CREATE TABLE versions (
  task_id BIGINT NOT NULL REFERENCES tasks (task_id),
  version BIGINT NOT NULL,
  model TEXT NOT NULL,
  snapshot BIGINT NOT NULL,
  run BIGINT NOT NULL,
  archive TEXT NOT NULL,
  model_bytes BIGINT NOT NULL,
  items BIGINT NOT NULL,
  classes BIGINT NOT NULL,
  measures TEXT NOT NULL,
  train_seconds DOUBLE PRECISION,
  peak_memory_bytes BIGINT NOT NULL,
  parameters TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (task_id, version)
);

CREATE TABLE aliases (
  task_id BIGINT NOT NULL,
  alias TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (task_id, alias),
  FOREIGN KEY (task_id, version) REFERENCES versions (task_id, version)
);

CREATE TABLE promotions (
  task_id BIGINT NOT NULL REFERENCES tasks (task_id),
  sequence BIGINT NOT NULL,
  version BIGINT NOT NULL,
  previous BIGINT NOT NULL,
  actor TEXT NOT NULL,
  time_ms BIGINT NOT NULL,
  action TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (task_id, sequence)
);
