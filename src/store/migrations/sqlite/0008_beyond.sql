-- Beyond sign-in: service identities, memberships that end, bound sessions, certificates.

-- Mutual TLS (RFC 8705): the client gets only tokens that are bound to its certificate.
ALTER TABLE clients ADD COLUMN requires_mtls INTEGER NOT NULL DEFAULT 0;
-- JSON: the name that the client's certificates have, and their authorities in PEM form.
ALTER TABLE clients ADD COLUMN tls_client_auth TEXT;
-- SHA-256 of the certificate that a refresh token is bound to, in base64url.
ALTER TABLE refresh_tokens ADD COLUMN certificate_thumbprint TEXT;
