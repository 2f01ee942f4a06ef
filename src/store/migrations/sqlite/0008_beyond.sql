-- Beyond sign-in: service identities, memberships that end, bound sessions, certificates.

-- Memberships that end.
-- Null for a membership that does not end.
ALTER TABLE group_members ADD COLUMN expires_at INTEGER;
CREATE INDEX group_members_by_expiry ON group_members (expires_at) WHERE expires_at IS NOT NULL;
-- In place of an index that lacks the end, so that the members of a group are found without reading its rows.
DROP INDEX group_members_by_group;
CREATE INDEX group_members_by_group_and_user ON group_members (group_id, user_id, expires_at);

-- The longest time since a user's authentication with which a client gets codes and tokens. Null for any.
ALTER TABLE clients ADD COLUMN max_session_age_seconds INTEGER;
