-- Tokens that have expired are cleaned up by themselves, in batches: one grant may have a great many of them, and
-- deleting it would take them all with it in one write.
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

-- The audit log tells two people apart: who acted, through which door, and whom or what it concerns.
ALTER TABLE audit_events DROP CONSTRAINT audit_events_actor_check;
ALTER TABLE audit_events ADD CONSTRAINT audit_events_actor_check
    CHECK (actor IN ('api_key', 'cli', 'client', 'program', 'user'));
-- What it concerns beside an account: the id of a group, a client, an API ...
ALTER TABLE audit_events ADD COLUMN object_id TEXT;
-- Who acted. No foreign key: the id stays when the account is deleted.
ALTER TABLE audit_events ADD COLUMN actor_id BYTEA;
UPDATE audit_events SET actor_id = user_id WHERE actor = 'user';
