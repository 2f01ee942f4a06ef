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

-- A million entries are filtered and paged by these. The name of a client is in the data as well.
ALTER TABLE audit_events ADD COLUMN client_name TEXT;
UPDATE audit_events SET client_name = json_extract(data, '$.clientName') WHERE data LIKE '%"clientName"%';
CREATE INDEX audit_events_by_user ON audit_events (user_id, id);
CREATE INDEX audit_events_by_kind ON audit_events (kind, id);
CREATE INDEX audit_events_by_ip_address ON audit_events (COALESCE(ip_address, ''), id);
CREATE INDEX audit_events_by_client_name ON audit_events (client_name, id)
    WHERE client_name IS NOT NULL;

-- Programs name a permission by an id (Pocket ID 2.14); its key is unique for its API only.
ALTER TABLE api_permissions ADD COLUMN id BLOB;
UPDATE api_permissions
   SET id = unhex(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2)
                  || '8' || substr(hex(randomblob(2)), 2) || hex(randomblob(6)));
CREATE UNIQUE INDEX api_permissions_by_id ON api_permissions (id);

-- Devices that wait to be signed in by somebody with another device (QR sign-in). They live for minutes, and there
-- is a bound on their number.
CREATE TABLE device_logins (
    id BLOB PRIMARY KEY,
    -- SHA-256 of the cookie of the device.
    device_digest BLOB NOT NULL,
    -- The code is all that a person types, so it has to be found by its digest, which is under a key.
    code_digest BLOB NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'denied')),
    ip_address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    -- Who let it in, and the session in which they did: it ends with that.
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE,
    session_id BLOB REFERENCES sessions (id) ON DELETE CASCADE,
    requested_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CHECK ((status = 'approved') = (user_id IS NOT NULL)),
    CHECK ((user_id IS NULL) = (session_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX device_logins_by_expiry ON device_logins (expires_at);
CREATE INDEX device_logins_by_session ON device_logins (session_id);

-- The token of an invitation, sealed, so that its list can show the link again. Nothing for those from before.
ALTER TABLE signup_tokens ADD COLUMN sealed_token BLOB;

-- A client that is deleted takes these with it: without an index each of them is read for each client.
CREATE INDEX interactions_by_client ON interactions (client_id);
CREATE INDEX pushed_authorization_requests_by_client ON pushed_authorization_requests (client_id);
CREATE INDEX device_codes_by_client ON device_codes (client_id);

-- A session or an account that is deleted takes these with it.
CREATE INDEX device_logins_by_user ON device_logins (user_id);
