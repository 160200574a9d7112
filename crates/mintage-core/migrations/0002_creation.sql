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
