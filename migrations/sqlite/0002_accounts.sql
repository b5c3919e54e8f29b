-- What the operator's own fields hold, as one JSON object, and when the password
-- was last changed. Defaults again, for the first system still running beside us.
ALTER TABLE users ADD COLUMN fields TEXT NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN password_changed_at DATETIME;

-- Links that were mailed: the SHA-256 of each token, never the token.
CREATE TABLE one_time_tokens (
    token_hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id CHAR(32) NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The address that it is about, and the session that asked for it.
    email TEXT,
    session_id CHAR(32),
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    used_at DATETIME
);
-- One of a purpose for each user: a newer one takes the place of the older.
CREATE UNIQUE INDEX one_time_tokens_user_idx ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_expires_at_idx ON one_time_tokens (expires_at);

-- Keys that sign tokens for other back ends. The private half is sealed with a
-- key derived from SECRET_KEY; the public half is readable for good.
CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    alg TEXT NOT NULL,
    -- Counts the keys of an algorithm: however many instances make the next one
    -- at once, one is kept.
    serial BIGINT NOT NULL,
    public_jwk TEXT NOT NULL,
    private_key TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    UNIQUE (alg, serial)
);
