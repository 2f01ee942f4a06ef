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

-- Sessions that are bound to a key of their browser (Device Bound Session Credentials).
-- The public key as JWK; null for a session that is not bound.
ALTER TABLE sessions ADD COLUMN device_key TEXT;
-- From then on the session's cookie alone is not enough; null until the browser has shown its other cookie.
ALTER TABLE sessions ADD COLUMN device_bound_from INTEGER;

-- Service identities: users that are no people (docs/service-identities.md).
ALTER TABLE users ADD COLUMN user_type TEXT NOT NULL DEFAULT 'person' CHECK (user_type IN ('person', 'service'));
-- How a service proves who it is at the token endpoint.
CREATE TABLE services (
    user_id BLOB PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- Its public keys, as a JWK Set.
    jwks TEXT,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;
-- Tokens of other issuers that stand for a service.
CREATE TABLE service_issuers (
    -- SHA-256 of the issuer and the subject, which may be long: a token stands for one service.
    subject_digest BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    audience TEXT,
    jwks_uri TEXT,
    is_single_use INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX service_issuers_by_user ON service_issuers (user_id);
-- The clients through which a service gets tokens.
CREATE TABLE service_clients (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX service_clients_by_client ON service_clients (client_id);
-- Used assertions, until they expire.
CREATE TABLE service_assertions (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name_digest BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, name_digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX service_assertions_by_expiry ON service_assertions (expires_at);

-- Mutual TLS (RFC 8705): the client gets only tokens that are bound to its certificate.
ALTER TABLE clients ADD COLUMN requires_mtls INTEGER NOT NULL DEFAULT 0;
-- JSON: the name that the client's certificates have, and their authorities in PEM form.
ALTER TABLE clients ADD COLUMN tls_client_auth TEXT;
-- SHA-256 of the certificate that a refresh token is bound to, in base64url.
ALTER TABLE refresh_tokens ADD COLUMN certificate_thumbprint TEXT;

-- Token exchange (RFC 8693): JSON, the tokens that a client may exchange for others.
ALTER TABLE clients ADD COLUMN token_exchanges TEXT;
-- Access tokens that clients got for those of others. They end with those.
CREATE TABLE exchanged_tokens (
    id BLOB PRIMARY KEY,
    grant_id BLOB NOT NULL,
    -- The access token of the grant that the first exchange began with.
    root_digest BLOB NOT NULL,
    -- The exchanged token that was exchanged again; null for the first one.
    parent_id BLOB REFERENCES exchanged_tokens (id) ON DELETE CASCADE,
    -- Which client got it.
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    -- SHA-256 of the token.
    token_digest BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (grant_id, root_digest)
        REFERENCES access_tokens (grant_id, token_digest) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX exchanged_tokens_by_root ON exchanged_tokens (grant_id, root_digest);
CREATE INDEX exchanged_tokens_by_parent ON exchanged_tokens (parent_id);
CREATE INDEX exchanged_tokens_by_client ON exchanged_tokens (client_id);
CREATE INDEX exchanged_tokens_by_expiry ON exchanged_tokens (expires_at);

-- SSH certificates.
-- Certificate authorities. The one that was activated last signs; hosts trust all that are not removed.
CREATE TABLE ssh_ca_keys (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('host', 'user')),
    public_key BLOB NOT NULL,
    -- PKCS#8; null when it was removed, or lost with the encryption key.
    sealed_pkcs8 BLOB,
    created_at INTEGER NOT NULL,
    -- Null while it is only published, so that hosts learn of it.
    activated_at INTEGER,
    -- Everything that it signed counts as revoked from then on.
    removed_at INTEGER
) STRICT, WITHOUT ROWID;

-- Accounts of hosts, and who may enter them.
CREATE TABLE ssh_accounts (
    id BLOB PRIMARY KEY,
    -- `root`, `root@db1`, `{username}`
    account TEXT NOT NULL UNIQUE,
    is_for_everyone INTEGER NOT NULL CHECK (is_for_everyone IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ssh_account_groups (
    ssh_account_id BLOB NOT NULL REFERENCES ssh_accounts (id) ON DELETE CASCADE,
    group_id BLOB NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (ssh_account_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ssh_account_groups_by_group ON ssh_account_groups (group_id);

-- Certificates that have not expired, or did so within the last hour.
CREATE TABLE ssh_certificates (
    id BLOB PRIMARY KEY,
    serial INTEGER NOT NULL UNIQUE,
    ca_key_id BLOB NOT NULL REFERENCES ssh_ca_keys (id) ON DELETE CASCADE,
    key_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    -- Null for one of a host, and for one whose user was deleted.
    user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    -- The name at that time: another one revokes it.
    username TEXT,
    -- The sign-in that it came from: its end revokes it.
    grant_id BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- When it was revoked, or first seen to be: it stays so.
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX ssh_certificates_by_ca ON ssh_certificates (ca_key_id);
CREATE INDEX ssh_certificates_by_user ON ssh_certificates (user_id);
CREATE INDEX ssh_certificates_by_expiry ON ssh_certificates (expires_at);

CREATE TABLE ssh_certificate_principals (
    certificate_id BLOB NOT NULL REFERENCES ssh_certificates (id) ON DELETE CASCADE,
    principal TEXT NOT NULL,
    -- The row of `ssh_accounts` that allowed it; null for the name of a host.
    account TEXT,
    PRIMARY KEY (certificate_id, principal)
) STRICT, WITHOUT ROWID;

-- What administrators know of users for SSH.
CREATE TABLE ssh_users (
    user_id BLOB PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- The username that an administrator or a directory gave them: `{username}` is good for no other.
    username TEXT,
    -- Since when they get no certificates: somebody with a one-time code added a passkey beside theirs.
    held_at INTEGER
) STRICT, WITHOUT ROWID;

-- Identity assertions of other issuers: JSON, the issuers that a client may bring them of.
ALTER TABLE clients ADD COLUMN trusted_issuers TEXT;
-- The users that those issuers have named. A subject stands for the user that it came with first.
CREATE TABLE asserted_subjects (
    -- SHA-256 of the issuer, the address of its keys, and the subject.
    subject_digest BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    -- The address of its keys.
    jwks_uri TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX asserted_subjects_by_user ON asserted_subjects (user_id, issuer, jwks_uri);
CREATE INDEX asserted_subjects_by_issuer ON asserted_subjects (issuer, jwks_uri);

-- Identity assertions (ID-JAG).
-- The authorization servers elsewhere for which a client gets assertions about its users.
CREATE TABLE identity_assertions (
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    -- The issuer of the other server.
    audience TEXT NOT NULL,
    -- The client's id there.
    audience_client_id TEXT NOT NULL,
    -- Separated by spaces; empty for any.
    scope TEXT NOT NULL,
    resources TEXT NOT NULL,
    PRIMARY KEY (client_id, audience)
) STRICT, WITHOUT ROWID;
-- For which of them a grant has led to an assertion: the audit log tells of the first one.
CREATE TABLE asserted_audiences (
    grant_id BLOB NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    audience TEXT NOT NULL,
    PRIMARY KEY (grant_id, audience)
) STRICT, WITHOUT ROWID;

-- SSH: confirmations that were taken back, and retired keys of authorities.
-- When an administrator took it back that the user may have certificates.
ALTER TABLE ssh_users ADD COLUMN withdrawn_at INTEGER;
-- When another key began to sign in its place: its private key was deleted then.
ALTER TABLE ssh_ca_keys ADD COLUMN retired_at INTEGER;
