-- The token endpoint that a credential's key file named, so that a refusal elsewhere can say so.

ALTER TABLE credentials ADD COLUMN token_endpoint TEXT;
