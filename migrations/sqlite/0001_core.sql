-- The first system's two tables, column for column, so that a database it left
-- behind and a new one are the same from here on.
CREATE TABLE IF NOT EXISTS users (
    id CHAR(32) NOT NULL PRIMARY KEY,
    email VARCHAR(255) NOT NULL UNIQUE,
    password_hash VARCHAR(255) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS sessions (
    id CHAR(32) NOT NULL PRIMARY KEY,
    user_id CHAR(32) NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_token VARCHAR(255) NOT NULL UNIQUE,
    expires_at DATETIME NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ip_address VARCHAR(45),
    user_agent TEXT
);

-- What the protocol needs beside them. Every column has a default (or may be
-- null), so that the first system, still running beside us, can go on inserting.
ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN image TEXT;
ALTER TABLE users ADD COLUMN email_verified BOOLEAN NOT NULL DEFAULT FALSE;
-- Not unique: the first system took several spellings of one address.
ALTER TABLE users ADD COLUMN email_canonical TEXT;
ALTER TABLE sessions ADD COLUMN updated_at DATETIME;
-- raw: the first system's own rows, its token in clear, not taken over yet;
-- legacy: taken over, its token hashed, its unsigned cookie still accepted;
-- own: made here.
ALTER TABLE sessions ADD COLUMN token_kind TEXT NOT NULL DEFAULT 'raw';
ALTER TABLE sessions ADD COLUMN remember BOOLEAN NOT NULL DEFAULT TRUE;

CREATE INDEX users_email_canonical_idx ON users (email_canonical);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
-- Almost always empty: finding nothing to take over costs nothing.
CREATE INDEX sessions_raw_idx ON sessions (id) WHERE token_kind = 'raw';
CREATE INDEX sessions_legacy_idx ON sessions (expires_at) WHERE token_kind = 'legacy';
CREATE INDEX users_uncanonical_idx ON users (id) WHERE email_canonical IS NULL;

-- The ten latest tries of a key, newest first, in milliseconds since 1970: a
-- sliding window that is exact at every moment.
CREATE TABLE rate_limits (
    key TEXT PRIMARY KEY,
    t0 BIGINT NOT NULL,
    t1 BIGINT, t2 BIGINT, t3 BIGINT, t4 BIGINT,
    t5 BIGINT, t6 BIGINT, t7 BIGINT, t8 BIGINT, t9 BIGINT
);
