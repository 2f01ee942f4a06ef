-- Tokens that have expired are cleaned up by themselves, in batches: one grant may have a great many of them, and
-- deleting it would take them all with it in one write.
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

-- The audit log tells two people apart: who acted, through which door, and whom or what it concerns. SQLite
-- cannot change a CHECK, so the table is made anew.
CREATE TABLE audit_events_new (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    -- The entry outlives the account.
    user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    actor TEXT NOT NULL CHECK (actor IN ('api_key', 'cli', 'client', 'program', 'user')),
    ip_address TEXT,
    user_agent TEXT,
    data TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- What it concerns beside an account: the id of a group, a client, an API ...
    object_id TEXT,
    -- Who acted. No foreign key: the id stays when the account is deleted.
    actor_id BLOB
) STRICT, WITHOUT ROWID;
INSERT INTO audit_events_new (id, kind, user_id, actor, ip_address, user_agent, data, created_at, actor_id)
SELECT id, kind, user_id, actor, ip_address, user_agent, data, created_at,
       CASE WHEN actor = 'user' THEN user_id END
  FROM audit_events;
DROP TABLE audit_events;
ALTER TABLE audit_events_new RENAME TO audit_events;
CREATE INDEX audit_events_by_user ON audit_events (user_id);

-- What a search of users looks at, in lower case, a line each. One narrow index has it, so that a search reads that
-- and not every account.
ALTER TABLE users ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
UPDATE users
   SET search_text = username_folded || char(10) || COALESCE(email_folded, '') || char(10)
                     || LOWER(first_name) || char(10) || LOWER(last_name);
CREATE INDEX users_by_search_text ON users (search_text);
-- The orders of the list. (By username and email there is one each: these are unique.)
CREATE INDEX users_by_created_at ON users (created_at, id);
CREATE INDEX users_by_display_name ON users (display_name, id);
CREATE INDEX users_by_first_name ON users (first_name, id);
CREATE INDEX users_by_last_name ON users (last_name, id);

-- The token of an invitation, sealed, so that its list can show the link again. Nothing for those from before.
ALTER TABLE signup_tokens ADD COLUMN sealed_token BLOB;
