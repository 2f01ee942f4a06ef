-- Where the users and groups of a client are provisioned (SCIM 2.0, RFC 7644).
CREATE TABLE scim_providers (
    id BLOB PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL,
    -- The bearer token, sealed. NULL when the endpoint takes none.
    sealed_token BLOB,
    last_synced_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX scim_providers_by_client ON scim_providers (client_id, id);

-- Logout notices that are due are found without reading those that wait.
CREATE INDEX backchannel_logouts_by_due_at ON backchannel_logouts (due_at);

-- The list of users is filtered and sorted by these.
CREATE INDEX users_by_disabled ON users (disabled, id);
CREATE INDEX users_by_email_verified ON users (email_verified, id);
CREATE INDEX users_by_is_admin ON users (is_admin, id);
