-- The keychain items that have a service user's registration access token (RFC 7592 §3). The token is replaced with each
-- answer: the item of the new one is written before that of the old one is removed.
CREATE TABLE registration_tokens (
    item         TEXT    NOT NULL PRIMARY KEY,
    service_user TEXT    NOT NULL REFERENCES service_users (id),
    added_at     INTEGER NOT NULL
) STRICT;
