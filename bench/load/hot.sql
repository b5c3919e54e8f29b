-- The same for one session again and again: what the database can do at its best.
SELECT s.id AS session_id, s.user_id, s.expires_at, s.created_at AS session_created_at,
  COALESCE(s.updated_at, s.created_at) AS session_updated_at, s.remember, s.ip_address, s.user_agent,
  u.email, u.name, u.image, u.email_verified, u.created_at, u.updated_at
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.session_token = :key AND s.expires_at > :now;
