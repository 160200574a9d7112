-- The one algorithm that a key signs with, where its JWK binds it (RFC 7517 §4.4).

ALTER TABLE credentials ADD COLUMN key_algorithm TEXT;
