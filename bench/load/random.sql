-- The join behind get-session (shared/src/store/sessions.rs), for a random session of those that bench/data.py makes.
\set number random(:first, :last)
SELECT s.id AS session_id, s.user_id, s.expires_at, s.created_at AS session_created_at,
  COALESCE(s.updated_at, s.created_at) AS session_updated_at, s.remember, s.ip_address, s.user_agent,
  u.email, u.name, u.image, u.email_verified, u.created_at, u.updated_at
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.session_token = encode(sha256((:prefix || :number::text)::bytea), 'hex') AND s.expires_at > :now;
