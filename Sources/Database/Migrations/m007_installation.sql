-- What tells a restored database from the current one: the beat moves while the broker works, and a file
-- outside of the data follows it. The generation counts recoveries.
CREATE TABLE installation (
  number BIGINT NOT NULL PRIMARY KEY CHECK (number = 1),
  id TEXT NOT NULL,
  generation BIGINT NOT NULL CHECK (generation > 0),
  beat BIGINT NOT NULL CHECK (beat > 0),
  beat_at BIGINT NOT NULL
);
