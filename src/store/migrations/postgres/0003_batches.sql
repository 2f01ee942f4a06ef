-- Tokens that have expired are cleaned up by themselves, in batches: one grant may have a great many of them, and
-- deleting it would take them all with it in one write.
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);
