-- What a server listed for a service user and Mintage doesn't hold, as of the last time that it was asked.
CREATE TABLE foreign_credentials (
    service_user TEXT    NOT NULL REFERENCES service_users (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL,
    listed_at    INTEGER NOT NULL,
    removable    INTEGER NOT NULL CHECK (removable IN (0, 1)),
    document     TEXT    NOT NULL CHECK (json_type(document) = 'array'),
    PRIMARY KEY (service_user, kind)
) STRICT;
