-- The catalogue: environments, service users, credentials, activity, settings.
--
-- Rules: no column for a secret. Ids are UUIDs as text, times are Unix seconds (UTC), lists are JSON
-- arrays of strings. `name_folded` is the name without its case, made by the application because
-- SQLite folds ASCII only. A migration that has been released is never edited; the next one is added.

CREATE TABLE environments (
    id                     TEXT    NOT NULL PRIMARY KEY,
    name                   TEXT    NOT NULL,
    name_folded            TEXT    NOT NULL UNIQUE,
    provider               TEXT    NOT NULL,
    tier                   TEXT    NOT NULL CHECK (tier IN ('development', 'staging', 'production')),
    issuer                 TEXT    NOT NULL,
    token_endpoint         TEXT,
    userinfo_endpoint      TEXT,
    introspection_endpoint TEXT,
    jwks_endpoint          TEXT,
    audience               TEXT    NOT NULL CHECK (json_type(audience) = 'array'),
    scopes                 TEXT    NOT NULL CHECK (json_type(scopes) = 'array'),
    ca_certificate         TEXT,
    confirmed_hosts        TEXT    NOT NULL CHECK (json_type(confirmed_hosts) = 'array'),
    demo                   INTEGER NOT NULL CHECK (demo IN (0, 1)),
    -- Whether the last check or mint failed.
    troubled               INTEGER NOT NULL DEFAULT 0 CHECK (troubled IN (0, 1)),
    created_at             INTEGER NOT NULL
) STRICT;

CREATE TABLE service_users (
    id           TEXT    NOT NULL PRIMARY KEY,
    environment  TEXT    NOT NULL REFERENCES environments (id),
    user_id      TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    name_folded  TEXT    NOT NULL,
    scopes       TEXT    NOT NULL CHECK (json_type(scopes) = 'array'),
    favourite    INTEGER NOT NULL CHECK (favourite IN (0, 1)),
    tags         TEXT    NOT NULL CHECK (json_type(tags) = 'array'),
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    UNIQUE (environment, user_id),
    -- The target of the credentials' foreign key, which keeps their environment that of their user.
    UNIQUE (id, environment)
) STRICT;

-- Both lists come out of an index in their order: favourites first, then by name.
CREATE INDEX service_users_by_name ON service_users (favourite DESC, name_folded, name, id);
CREATE INDEX service_users_of_environment ON service_users (environment, favourite DESC, name_folded, name, id);

-- What only some kinds of credential have may be NULL; the last CHECK says what a private key must have.
CREATE TABLE credentials (
    id           TEXT    NOT NULL PRIMARY KEY,
    service_user TEXT    NOT NULL,
    environment  TEXT    NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind IN ('private-key', 'client-secret', 'personal-token', 'application-key')),
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'active', 'missing', 'deleting')),
    is_default   INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    key_id       TEXT,
    key_type     TEXT,
    key_bits     INTEGER,
    fingerprint  TEXT,
    thumbprint   TEXT,
    public_pem   TEXT,
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
        kind <> 'private-key'
        OR (
            key_id IS NOT NULL AND key_type IS NOT NULL AND key_bits IS NOT NULL
            AND fingerprint IS NOT NULL AND thumbprint IS NOT NULL AND public_pem IS NOT NULL
        )
    )
) STRICT;

CREATE UNIQUE INDEX credentials_one_default ON credentials (service_user) WHERE is_default = 1;
CREATE INDEX credentials_in_order ON credentials (service_user, is_default DESC, imported_at DESC);
CREATE INDEX credentials_by_expiry ON credentials (environment, expires_at) WHERE expires_at IS NOT NULL;

-- Names are copied in, so that the record outlives what it speaks of. The id grows with every entry.
CREATE TABLE activity (
    id                INTEGER NOT NULL PRIMARY KEY,
    at                INTEGER NOT NULL,
    deed              TEXT    NOT NULL CHECK (
        deed IN ('import', 'mint', 'copy', 'reveal', 'userinfo', 'inspect', 'introspect', 'rotate', 'forget')
    ),
    environment       TEXT    REFERENCES environments (id) ON DELETE SET NULL,
    environment_name  TEXT    NOT NULL,
    service_user      TEXT    REFERENCES service_users (id) ON DELETE SET NULL,
    service_user_name TEXT    NOT NULL,
    error_code        TEXT,
    detail            TEXT    NOT NULL
) STRICT;

CREATE INDEX activity_of_environment ON activity (environment);
CREATE INDEX activity_of_service_user ON activity (service_user);

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
