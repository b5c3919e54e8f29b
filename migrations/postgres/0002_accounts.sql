-- What the operator's own fields hold, as one JSON object, and when the password
-- was last changed. Defaults again, for the first system still running beside us.
ALTER TABLE users ADD COLUMN fields text NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN password_changed_at timestamp;

-- Links that were mailed: the SHA-256 of each token, never the token.
CREATE TABLE one_time_tokens (
    token_hash text PRIMARY KEY,
    purpose text NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The address that it is about, and the session that asked for it.
    email text,
    session_id uuid,
    created_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    used_at timestamp
);
-- One of a purpose for each user: a newer one takes the place of the older.
CREATE UNIQUE INDEX one_time_tokens_user_idx ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_expires_at_idx ON one_time_tokens (expires_at);

-- Keys that sign tokens for other back ends. The private half is sealed with a
-- key derived from SECRET_KEY; the public half is readable for good.
CREATE TABLE signing_keys (
    kid text PRIMARY KEY,
    alg text NOT NULL,
    -- Counts the keys of an algorithm: however many instances make the next one
    -- at once, one is kept.
    serial bigint NOT NULL,
    public_jwk text NOT NULL,
    private_key text NOT NULL,
    created_at timestamp NOT NULL,
    UNIQUE (alg, serial)
);
