-- When the server last refused a credential; empty again once it takes it.

ALTER TABLE credentials ADD COLUMN refused_at INTEGER;
