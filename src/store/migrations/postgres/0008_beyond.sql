-- Beyond sign-in: service identities, memberships that end, bound sessions, certificates.

-- Mutual TLS (RFC 8705): the client gets only tokens that are bound to its certificate.
ALTER TABLE clients ADD COLUMN requires_mtls BIGINT NOT NULL DEFAULT 0;
-- JSON: the name that the client's certificates have, and their authorities in PEM form.
ALTER TABLE clients ADD COLUMN tls_client_auth TEXT;
-- SHA-256 of the certificate that a refresh token is bound to, in base64url.
ALTER TABLE refresh_tokens ADD COLUMN certificate_thumbprint TEXT;

-- Token exchange (RFC 8693): JSON, the tokens that a client may exchange for others.
ALTER TABLE clients ADD COLUMN token_exchanges TEXT;
-- Access tokens that clients got for those of others. They end with those.
CREATE TABLE exchanged_tokens (
    id BYTEA PRIMARY KEY,
    grant_id BYTEA NOT NULL,
    -- The access token of the grant that the first exchange began with.
    root_digest BYTEA NOT NULL,
    -- The exchanged token that was exchanged again; null for the first one.
    parent_id BYTEA REFERENCES exchanged_tokens (id) ON DELETE CASCADE,
    -- Which client got it.
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    -- SHA-256 of the token.
    token_digest BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (grant_id, root_digest)
        REFERENCES access_tokens (grant_id, token_digest) ON DELETE CASCADE
);
CREATE INDEX exchanged_tokens_by_root ON exchanged_tokens (grant_id, root_digest);
CREATE INDEX exchanged_tokens_by_parent ON exchanged_tokens (parent_id);
CREATE INDEX exchanged_tokens_by_client ON exchanged_tokens (client_id);
CREATE INDEX exchanged_tokens_by_expiry ON exchanged_tokens (expires_at);
