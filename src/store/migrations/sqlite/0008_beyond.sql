-- Beyond sign-in: service identities, memberships that end, bound sessions, certificates.

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
