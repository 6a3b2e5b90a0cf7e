-- What happened, append-only. detail is JSON.
CREATE TABLE events (
  event_id INTEGER PRIMARY KEY,
  time_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  task TEXT NOT NULL,
  actor TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX events_by_kind ON events (kind, event_id);
