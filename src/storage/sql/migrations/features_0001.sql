-- A cache: rows of numbers by what they were computed from. The lowest row_id is the oldest.
CREATE TABLE features (
  row_id INTEGER PRIMARY KEY,
  space TEXT NOT NULL,
  digest BLOB NOT NULL,
  numbers BLOB NOT NULL,
  UNIQUE (space, digest)
);
CREATE TABLE total (
  bytes BIGINT NOT NULL
);
INSERT INTO total (bytes) VALUES (0);
CREATE TRIGGER count_added AFTER INSERT ON features BEGIN UPDATE total SET bytes = bytes + length(new.numbers); END;
CREATE TRIGGER count_removed AFTER DELETE ON features BEGIN UPDATE total SET bytes = bytes - length(old.numbers); END;
