-- Pretrained networks. manifest is JSON: what the backbone is made of, with the digests of its blobs; digest is its own.
CREATE TABLE backbones (
  name TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  manifest TEXT NOT NULL,
  source TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_ms BIGINT NOT NULL
);
