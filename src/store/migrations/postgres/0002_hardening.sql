-- The grants that a session gave end with it.
CREATE INDEX grants_by_session ON grants (session_id);

-- Codes that people type are short, so their digests are under a key that is not in the database. Plain
-- digests from before are put under it by the first program that has the key.
ALTER TABLE one_time_access_tokens ADD COLUMN is_keyed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE device_codes ADD COLUMN is_keyed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX one_time_access_tokens_plain ON one_time_access_tokens (id) WHERE is_keyed = 0;
CREATE INDEX device_codes_plain ON device_codes (id) WHERE is_keyed = 0;

-- What strangers can cause rows of is cleaned up every minute.
CREATE INDEX client_assertions_by_expiry ON client_assertions (expires_at);
CREATE INDEX client_metadata_documents_by_expiry ON client_metadata_documents (expires_at);
CREATE INDEX device_codes_by_expiry ON device_codes (expires_at);
CREATE INDEX interactions_by_expiry ON interactions (expires_at);
CREATE INDEX pushed_authorization_requests_by_expiry ON pushed_authorization_requests (expires_at);
CREATE INDEX reauthentications_by_expiry ON reauthentications (expires_at);
