-- Beyond sign-in: service identities, memberships that end, bound sessions, certificates.

-- Memberships that end.
-- Null for a membership that does not end.
ALTER TABLE group_members ADD COLUMN expires_at INTEGER;
CREATE INDEX group_members_by_expiry ON group_members (expires_at) WHERE expires_at IS NOT NULL;

-- The longest time since a user's authentication with which a client gets codes and tokens. Null for any.
ALTER TABLE clients ADD COLUMN max_session_age_seconds INTEGER;

-- Sessions that are bound to a key of their browser (Device Bound Session Credentials).
-- The public key as JWK; null for a session that is not bound.
ALTER TABLE sessions ADD COLUMN device_key TEXT;
-- From then on the session's cookie alone is not enough; null until the browser has shown its other cookie.
ALTER TABLE sessions ADD COLUMN device_bound_from INTEGER;
