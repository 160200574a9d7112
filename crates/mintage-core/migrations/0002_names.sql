-- Programs name a service user by these, and wait for it with each token.
CREATE INDEX service_users_named ON service_users (name);
CREATE INDEX service_users_by_user_id ON service_users (user_id);
