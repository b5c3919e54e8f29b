-- The first system's two tables, column for column, so that a database it left
-- behind and a new one are the same from here on.
CREATE TABLE IF NOT EXISTS users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email varchar(255) NOT NULL UNIQUE,
    password_hash varchar(255) NOT NULL,
    created_at timestamp NOT NULL DEFAULT now(),
    updated_at timestamp NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_token varchar(255) NOT NULL UNIQUE,
    expires_at timestamp NOT NULL,
    created_at timestamp NOT NULL DEFAULT now(),
    ip_address varchar(45),
    user_agent text
);

-- What the protocol needs beside them. Every column has a default (or may be
-- null), so that the first system, still running beside us, can go on inserting.
ALTER TABLE users ADD COLUMN name text NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN image text;
ALTER TABLE users ADD COLUMN email_verified boolean NOT NULL DEFAULT false;
-- Not unique: the first system took several spellings of one address.
ALTER TABLE users ADD COLUMN email_canonical text;
ALTER TABLE sessions ADD COLUMN updated_at timestamp;
-- raw: the first system's own rows, its token in clear, not taken over yet;
-- legacy: taken over, its token hashed, its unsigned cookie still accepted;
-- own: made here.
ALTER TABLE sessions ADD COLUMN token_kind text NOT NULL DEFAULT 'raw';
ALTER TABLE sessions ADD COLUMN remember boolean NOT NULL DEFAULT true;

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
    key text PRIMARY KEY,
    t0 bigint NOT NULL,
    t1 bigint, t2 bigint, t3 bigint, t4 bigint,
    t5 bigint, t6 bigint, t7 bigint, t8 bigint, t9 bigint
);
