-- The grants that a session gave end with it.
CREATE INDEX grants_by_session ON grants (session_id);

-- Codes that people type are short, so their digests are under a key that is not in the database. Plain
-- digests from before are put under it by the first program that has the key.
ALTER TABLE one_time_access_tokens ADD COLUMN is_keyed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device_codes ADD COLUMN is_keyed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX one_time_access_tokens_plain ON one_time_access_tokens (id) WHERE is_keyed = 0;
CREATE INDEX device_codes_plain ON device_codes (id) WHERE is_keyed = 0;

-- What strangers can cause rows of is cleaned up every minute.
CREATE INDEX client_assertions_by_expiry ON client_assertions (expires_at);
CREATE INDEX client_metadata_documents_by_expiry ON client_metadata_documents (expires_at);
CREATE INDEX device_codes_by_expiry ON device_codes (expires_at);
CREATE INDEX interactions_by_expiry ON interactions (expires_at);
CREATE INDEX pushed_authorization_requests_by_expiry ON pushed_authorization_requests (expires_at);

-- Ceremonies are found by their challenge, and one browser has several: tabs do not disturb each
-- other. They live for minutes; those that are open now are begun again.
DROP TABLE ceremonies;
CREATE TABLE ceremonies (
    -- SHA-256 of the challenge.
    id BLOB PRIMARY KEY,
    -- SHA-256 of the cookie that binds ceremonies to their browser.
    browser_digest BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('registration', 'authentication')),
    -- Whose passkey is being registered; nobody is known yet when signing in.
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    CHECK ((kind = 'registration') = (user_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX ceremonies_by_browser ON ceremonies (browser_digest);
CREATE INDEX ceremonies_by_expiry ON ceremonies (expires_at);

-- No authenticator makes such an id (WebAuthn L3 §7.1 step 25).
DELETE FROM passkeys WHERE length(credential_id) NOT BETWEEN 1 AND 1023;

-- Whether anybody administers is asked at each start, and would be looked for among all accounts.
CREATE INDEX users_that_administer ON users (is_admin, disabled) WHERE is_admin = 1;

-- A pushed request is used up when it is answered, and with it all that was taken from it.
ALTER TABLE interactions ADD COLUMN pushed_request_id BLOB;
CREATE INDEX interactions_by_pushed_request ON interactions (pushed_request_id)
    WHERE pushed_request_id IS NOT NULL;

-- A proof that somebody is still there counts in the session that it was given in, and in no other. Proofs live
-- for minutes; those that are there now are given again.
DROP TABLE reauthentications;
CREATE TABLE reauthentications (
    id BLOB PRIMARY KEY,
    reauthentication_digest BLOB NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reauthentications_by_expiry ON reauthentications (expires_at);
CREATE INDEX reauthentications_by_session ON reauthentications (session_id);
