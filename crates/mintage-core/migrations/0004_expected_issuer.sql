-- The issuer that the tokens of an environment name, where it isn't the usual one.

ALTER TABLE environments ADD COLUMN expected_issuer TEXT;
