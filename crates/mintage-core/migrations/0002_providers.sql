-- Every system that Mintage speaks with: profiles of the user's own, what an environment is asked for
-- beside its issuer, and credentials that are no private keys.

ALTER TABLE environments ADD COLUMN revocation_endpoint TEXT;
ALTER TABLE environments ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}' CHECK (json_type(parameters) = 'object');

-- A provider profile of the user's own, as JSON. Never with a secret.
CREATE TABLE providers (
    id         TEXT    NOT NULL PRIMARY KEY,
    document   TEXT    NOT NULL CHECK (json_type(document) = 'object'),
    created_at INTEGER NOT NULL
) STRICT;

-- The table is made anew because what must be there depends on the kind, and a CHECK cannot be altered.
CREATE TABLE credentials_new (
    id           TEXT    NOT NULL PRIMARY KEY,
    service_user TEXT    NOT NULL,
    environment  TEXT    NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind IN ('private-key', 'client-secret', 'personal-token', 'application-key')),
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'active', 'missing', 'deleting')),
    is_default   INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    key_id       TEXT,
    client_id    TEXT,
    key_type     TEXT,
    key_bits     INTEGER,
    fingerprint  TEXT,
    thumbprint   TEXT,
    public_pem   TEXT,
    certificate  TEXT,
    audience     TEXT,
    source       TEXT    NOT NULL CHECK (source IN ('file', 'paste', 'form', 'generated')),
    source_name  TEXT    CHECK ((source = 'file') = (source_name IS NOT NULL)),
    issued_at    INTEGER,
    expires_at   INTEGER,
    imported_at  INTEGER NOT NULL,
    last_used_at INTEGER,
    FOREIGN KEY (service_user, environment) REFERENCES service_users (id, environment),
    -- One key is imported once into an environment; NULLs do not collide.
    UNIQUE (environment, thumbprint),
    CHECK (
        kind NOT IN ('private-key', 'application-key')
        OR (
            key_type IS NOT NULL AND key_bits IS NOT NULL
            AND fingerprint IS NOT NULL AND thumbprint IS NOT NULL AND public_pem IS NOT NULL
        )
    )
) STRICT;

INSERT INTO credentials_new (
    id, service_user, environment, kind, state, is_default, key_id, key_type, key_bits, fingerprint, thumbprint,
    public_pem, source, source_name, issued_at, expires_at, imported_at, last_used_at)
SELECT
    id, service_user, environment, kind, state, is_default, key_id, key_type, key_bits, fingerprint, thumbprint,
    public_pem, source, source_name, issued_at, expires_at, imported_at, last_used_at
FROM credentials ORDER BY rowid;

DROP TABLE credentials;
ALTER TABLE credentials_new RENAME TO credentials;

CREATE UNIQUE INDEX credentials_one_default ON credentials (service_user) WHERE is_default = 1;
CREATE INDEX credentials_in_order ON credentials (service_user, is_default DESC, imported_at DESC);
CREATE INDEX credentials_by_expiry ON credentials (environment, expires_at) WHERE expires_at IS NOT NULL;

-- What was done is the application's word; a CHECK on it would need a new table for each new deed.
CREATE TABLE activity_new (
    id                INTEGER NOT NULL PRIMARY KEY,
    at                INTEGER NOT NULL,
    deed              TEXT    NOT NULL,
    environment       TEXT    REFERENCES environments (id) ON DELETE SET NULL,
    environment_name  TEXT    NOT NULL,
    service_user      TEXT    REFERENCES service_users (id) ON DELETE SET NULL,
    service_user_name TEXT    NOT NULL,
    error_code        TEXT,
    detail            TEXT    NOT NULL
) STRICT;

INSERT INTO activity_new SELECT * FROM activity ORDER BY id;
DROP TABLE activity;
ALTER TABLE activity_new RENAME TO activity;

CREATE INDEX activity_of_environment ON activity (environment);
CREATE INDEX activity_of_service_user ON activity (service_user);
