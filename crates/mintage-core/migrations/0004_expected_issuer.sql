-- What the environment's tokens name as their issuer, where that is neither the issuer nor the provider's usual.

ALTER TABLE environments ADD COLUMN expected_issuer TEXT;
