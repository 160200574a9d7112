-- The catalogue: environments, service users, credentials, providers, activity, settings.
--
-- Rules: no column for a secret. Ids are UUIDs as text, times are Unix seconds (UTC), lists are JSON
-- arrays of strings. `name_folded` is the name without its case, made by the application because
-- SQLite folds ASCII only. A migration that has been released is never edited; the next one is added.

-- What the user set is one JSON object: it is read and written whole.
CREATE TABLE environments (
    id          TEXT    NOT NULL PRIMARY KEY,
    name_folded TEXT    NOT NULL UNIQUE,
    settings    TEXT    NOT NULL CHECK (json_type(settings) = 'object'),
    demo        INTEGER NOT NULL CHECK (demo IN (0, 1)),
    -- Whether the last check or mint failed.
    troubled    INTEGER NOT NULL DEFAULT 0 CHECK (troubled IN (0, 1)),
    -- Its place in the list, once the user has put the list in order; those without one follow by name.
    place       INTEGER,
    created_at  INTEGER NOT NULL
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
    notes        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    UNIQUE (environment, user_id),
    -- The target of the credentials' foreign key, which keeps their environment that of their user.
    UNIQUE (id, environment)
) STRICT;

-- Both lists come out of an index in their order: favourites first, then by name.
CREATE INDEX service_users_by_name ON service_users (favourite DESC, name_folded, name, id);
CREATE INDEX service_users_of_environment ON service_users (environment, favourite DESC, name_folded, name, id);
-- Programs name a service user by these, and wait for it with each token.
CREATE INDEX service_users_named ON service_users (name);
CREATE INDEX service_users_by_user_id ON service_users (user_id);

-- What only some kinds of credential have may be NULL; the last CHECK says what a key must have.
CREATE TABLE credentials (
    id             TEXT    NOT NULL PRIMARY KEY,
    service_user   TEXT    NOT NULL,
    environment    TEXT    NOT NULL,
    kind           TEXT    NOT NULL CHECK (
        kind IN ('private-key', 'client-secret', 'personal-token', 'application-key')
    ),
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'active', 'missing', 'deleting')),
    is_default     INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    key_id         TEXT,
    client_id      TEXT,
    key_type       TEXT,
    key_bits       INTEGER,
    fingerprint    TEXT,
    thumbprint     TEXT,
    public_pem     TEXT,
    -- The one algorithm that a key signs with, where its JWK binds it (RFC 7517 §4.4).
    key_algorithm  TEXT,
    certificate    TEXT,
    audience       TEXT,
    -- The token endpoint that the key file named, so that a refusal elsewhere can say so.
    token_endpoint TEXT,
    source         TEXT    NOT NULL CHECK (source IN ('file', 'deleted-file', 'paste', 'form', 'generated')),
    source_name    TEXT    CHECK ((source IN ('file', 'deleted-file')) = (source_name IS NOT NULL)),
    issued_at      INTEGER,
    expires_at     INTEGER,
    imported_at    INTEGER NOT NULL,
    last_used_at   INTEGER,
    -- When the server last refused it; empty again once it takes it.
    refused_at     INTEGER,
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

CREATE UNIQUE INDEX credentials_one_default ON credentials (service_user) WHERE is_default = 1;
CREATE INDEX credentials_in_order ON credentials (service_user, is_default DESC, imported_at DESC);
CREATE INDEX credentials_by_expiry ON credentials (environment, expires_at) WHERE expires_at IS NOT NULL;

-- A provider profile of the user's own. Never with a secret.
CREATE TABLE providers (
    id         TEXT    NOT NULL PRIMARY KEY,
    document   TEXT    NOT NULL CHECK (json_type(document) = 'object'),
    created_at INTEGER NOT NULL
) STRICT;

-- Names are copied in, so that the record outlives what it speaks of. The id grows with every entry. What was
-- done is the application's word; a CHECK on it would need a new table for each new word.
CREATE TABLE activity (
    id                INTEGER NOT NULL PRIMARY KEY,
    at                INTEGER NOT NULL,
    action              TEXT    NOT NULL,
    environment       TEXT    REFERENCES environments (id) ON DELETE SET NULL,
    environment_name  TEXT    NOT NULL,
    service_user      TEXT    REFERENCES service_users (id) ON DELETE SET NULL,
    service_user_name TEXT    NOT NULL,
    error_code        TEXT,
    detail            TEXT    NOT NULL,
    -- The name of an entry that stands for several times, how often it happened, and when last.
    repeats           TEXT    UNIQUE,
    times             INTEGER NOT NULL DEFAULT 1,
    last_at           INTEGER
) STRICT;

CREATE INDEX activity_of_environment ON activity (environment);
CREATE INDEX activity_of_service_user ON activity (service_user);

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- A rotation is one JSON object: it is read and written whole. `open_for` holds its service user until it is over, so
-- that there is one at a time, and none is left open for a user that was removed.
CREATE TABLE rotations (
    id           TEXT    NOT NULL PRIMARY KEY,
    service_user TEXT    NOT NULL,
    open_for     TEXT    UNIQUE REFERENCES service_users (id) ON DELETE SET NULL,
    started_at   INTEGER NOT NULL,
    document     TEXT    NOT NULL CHECK (json_type(document) = 'object')
) STRICT;

CREATE INDEX rotations_in_order ON rotations (started_at DESC);

-- When a person wants to be reminded of a credential again; until then the radar leaves it out of what is urgent.
CREATE TABLE snoozed (
    credential TEXT    NOT NULL PRIMARY KEY REFERENCES credentials (id) ON DELETE CASCADE,
    until      INTEGER NOT NULL
) STRICT;

-- Who said when a credential expires, or that it doesn't, if that wasn't its file; and when.
CREATE TABLE expiry_sources (
    credential TEXT    NOT NULL PRIMARY KEY REFERENCES credentials (id) ON DELETE CASCADE,
    source     TEXT    NOT NULL CHECK (source IN ('server', 'person')),
    noted_at   INTEGER NOT NULL
) STRICT;

-- What a server listed for a service user and Mintage doesn't hold, as of the last time that it was asked.
CREATE TABLE foreign_credentials (
    service_user TEXT    NOT NULL REFERENCES service_users (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL,
    listed_at    INTEGER NOT NULL,
    removable    INTEGER NOT NULL CHECK (removable IN (0, 1)),
    document     TEXT    NOT NULL CHECK (json_type(document) = 'array'),
    PRIMARY KEY (service_user, kind)
) STRICT;

-- The service user of an environment that acts at the server where another one may not.
CREATE TABLE administrators (
    environment  TEXT NOT NULL PRIMARY KEY REFERENCES environments (id) ON DELETE CASCADE,
    service_user TEXT NOT NULL REFERENCES service_users (id) ON DELETE CASCADE
) STRICT;

-- A service user that is being created at a server: from before the server is asked until it is in `service_users`, whose
-- id it gets. One JSON object: it is read and written whole. A name is asked for once at a time.
CREATE TABLE creations (
    id          TEXT    NOT NULL PRIMARY KEY,
    environment TEXT    NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    document    TEXT    NOT NULL CHECK (json_type(document) = 'object'),
    UNIQUE (environment, name)
) STRICT;

-- The organisation of a service user at its server, where that isn't the environment's.
CREATE TABLE organisations (
    service_user TEXT NOT NULL PRIMARY KEY REFERENCES service_users (id) ON DELETE CASCADE,
    id           TEXT NOT NULL
) STRICT;

-- The keychain items that have a service user's registration access token (RFC 7592 §3). The token is replaced with each
-- answer: the item of the new one is written before that of the old one is removed.
CREATE TABLE registration_tokens (
    item         TEXT    NOT NULL PRIMARY KEY,
    service_user TEXT    NOT NULL REFERENCES service_users (id),
    added_at     INTEGER NOT NULL
) STRICT;
