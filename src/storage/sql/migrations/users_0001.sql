-- People. Kind: "operator" is who works on the command line.
CREATE TABLE users (
  user_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  UNIQUE (kind, name)
);
