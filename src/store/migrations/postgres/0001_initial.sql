-- The first schema.
--
-- Times are whole UTC seconds. Ids are UUIDv7 in 16 bytes: what is inserted on every sign-in lands
-- at the end of its table. Bearer values are here as SHA-256 digests only.

-- Facts about the database itself.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);

-- Which server does the periodic work, and until when nobody else may.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE users (
    id BYTEA PRIMARY KEY,
    username TEXT NOT NULL,
    -- Names are unique whatever their case: the folded form carries the constraint, so that both
    -- engines compare alike.
    username_folded TEXT NOT NULL UNIQUE,
    email TEXT,
    email_folded TEXT UNIQUE,
    email_verified BIGINT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    is_admin BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    locale TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE groups (
    id BYTEA PRIMARY KEY,
    -- The value in the `groups` claim: two groups with one name could not be told apart.
    name TEXT NOT NULL UNIQUE,
    friendly_name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE group_members (
    user_id BYTEA NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    group_id BYTEA NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, group_id)
);
CREATE INDEX group_members_by_group ON group_members (group_id);

-- Claims that administrators chose: a value is JSON, or else a text.
CREATE TABLE user_claims (
    user_id BYTEA NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (user_id, name)
);

CREATE TABLE group_claims (
    group_id BYTEA NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (group_id, name)
);

CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    client_type TEXT NOT NULL CHECK (client_type IN ('confidential', 'public')),
    requires_pkce BIGINT NOT NULL,
    requires_pushed_authorization_requests BIGINT NOT NULL,
    requires_reauthentication BIGINT NOT NULL,
    skips_consent BIGINT NOT NULL,
    is_group_restricted BIGINT NOT NULL,
    id_token_signed_response_alg TEXT NOT NULL,
    launch_url TEXT,
    -- Where the client wants to be told that a session of its user ended.
    backchannel_logout_uri TEXT,
    -- A JWK Set, and a JSON array of issuers: read with the client, and never searched.
    jwks TEXT,
    federated_identities TEXT,
    -- A JSON array of rules, read with the client or with its grants.
    claim_rules TEXT,
    access_token_seconds BIGINT NOT NULL,
    refresh_token_seconds BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE client_redirect_uris (
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    -- After a sign-in, or after a logout.
    kind TEXT NOT NULL CHECK (kind IN ('sign_in', 'logout')),
    position BIGINT NOT NULL,
    pattern TEXT NOT NULL,
    PRIMARY KEY (client_id, kind, position)
);

CREATE TABLE client_secrets (
    id BYTEA PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    secret_digest BYTEA,
    -- Of a secret that an old Pocket ID made, until it is first used: then it is stored as all others.
    bcrypt_hash TEXT,
    prefix TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    CHECK ((secret_digest IS NULL) <> (bcrypt_hash IS NULL))
);
CREATE INDEX client_secrets_by_client ON client_secrets (client_id);

CREATE TABLE client_assertions (
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    name_digest BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Each is used once.
    PRIMARY KEY (client_id, name_digest)
);

CREATE TABLE client_logos (
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    -- The ground that it is to be seen on.
    theme TEXT NOT NULL CHECK (theme IN ('dark', 'light')),
    content_type TEXT NOT NULL,
    image BYTEA NOT NULL,
    PRIMARY KEY (client_id, theme)
);

-- The pictures of the installation: its logo, its icon, and so on.
CREATE TABLE application_images (
    name TEXT PRIMARY KEY,
    content_type TEXT NOT NULL,
    image BYTEA NOT NULL
);

CREATE TABLE profile_pictures (
    user_id BYTEA PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    content_type TEXT NOT NULL,
    image BYTEA NOT NULL
);

-- The clients whose id is the address of a document, as it was when it was last fetched.
CREATE TABLE client_metadata_documents (
    client_id TEXT PRIMARY KEY REFERENCES clients (id) ON DELETE CASCADE,
    grant_types TEXT NOT NULL,
    -- When it has to be fetched again.
    expires_at BIGINT NOT NULL
);

CREATE TABLE client_groups (
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    group_id BYTEA NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (client_id, group_id)
);
CREATE INDEX client_groups_by_group ON client_groups (group_id);

CREATE TABLE apis (
    id BYTEA PRIMARY KEY,
    name TEXT NOT NULL,
    -- What a client names to get tokens for it.
    resource TEXT NOT NULL UNIQUE,
    -- Whether clients that nobody has registered may use it for their users.
    is_open_to_metadata_clients BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE api_permissions (
    api_id BYTEA NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    is_open_to_metadata_clients BIGINT NOT NULL,
    PRIMARY KEY (api_id, key)
);

CREATE TABLE api_grants (
    api_id BYTEA NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    -- On whose behalf: the client's own, or its user's.
    subject_type TEXT NOT NULL CHECK (subject_type IN ('client', 'user')),
    PRIMARY KEY (api_id, client_id, subject_type)
);
CREATE INDEX api_grants_by_client ON api_grants (client_id);

CREATE TABLE api_granted_permissions (
    api_id BYTEA NOT NULL,
    client_id TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    permission_key TEXT NOT NULL,
    PRIMARY KEY (api_id, client_id, subject_type, permission_key),
    FOREIGN KEY (api_id, client_id, subject_type)
        REFERENCES api_grants (api_id, client_id, subject_type) ON DELETE CASCADE,
    FOREIGN KEY (api_id, permission_key) REFERENCES api_permissions (api_id, key) ON DELETE CASCADE
);
CREATE INDEX api_granted_permissions_by_permission
    ON api_granted_permissions (api_id, permission_key);

CREATE TABLE client_access_tokens (
    id BYTEA PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    token_digest BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX client_access_tokens_by_client ON client_access_tokens (client_id);
CREATE INDEX client_access_tokens_by_expiry ON client_access_tokens (expires_at);

CREATE TABLE passkeys (
    id BYTEA PRIMARY KEY,
    user_id BYTEA NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- One credential belongs to one account (WebAuthn L3 §7.1 step 26).
    credential_id BYTEA NOT NULL UNIQUE,
    public_key BYTEA NOT NULL,
    aaguid BYTEA,
    transports TEXT NOT NULL,
    sign_count BIGINT NOT NULL,
    backup_eligible BIGINT NOT NULL,
    backup_state BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkeys_by_user ON passkeys (user_id);

-- Keys of the REST API. Those that come from Pocket ID name no row, so all are found by their digest. They
-- are kept when they have expired, so that their owner sees why something stopped working.
CREATE TABLE api_keys (
    id BYTEA PRIMARY KEY,
    user_id BYTEA NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT,
    key_digest BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    -- Whether its owner was told by mail that it is about to expire.
    is_expiry_told BIGINT NOT NULL
);
CREATE INDEX api_keys_by_user ON api_keys (user_id);

CREATE TABLE ceremonies (
    id BYTEA PRIMARY KEY,
    ceremony_digest BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('registration', 'authentication')),
    -- Whose passkey is being registered; nobody is known yet when signing in.
    user_id BYTEA REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    CHECK ((kind = 'registration') = (user_id IS NOT NULL))
);

CREATE TABLE sessions (
    id BYTEA PRIMARY KEY,
    session_digest BYTEA NOT NULL,
    user_id BYTEA NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    amr TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    ip_address TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
-- What has expired is found by these, and new rows land at their end.
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE reauthentications (
    id BYTEA PRIMARY KEY,
    reauthentication_digest BYTEA NOT NULL,
    user_id BYTEA NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE one_time_access_tokens (
    id BYTEA PRIMARY KEY,
    -- The code is all that its holder types, so it has to be found by its digest.
    code_digest BYTEA NOT NULL UNIQUE,
    user_id BYTEA NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Invitations. Whoever has one brings it whole, so it has to be found by its digest.
CREATE TABLE signup_tokens (
    id BYTEA PRIMARY KEY,
    token_digest BYTEA NOT NULL UNIQUE,
    usage_limit BIGINT NOT NULL,
    usage_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CHECK (usage_count <= usage_limit)
);

CREATE TABLE signup_token_groups (
    token_id BYTEA NOT NULL REFERENCES signup_tokens (id) ON DELETE CASCADE,
    group_id BYTEA NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (token_id, group_id)
);
CREATE INDEX signup_token_groups_by_group ON signup_token_groups (group_id);

CREATE TABLE pushed_authorization_requests (
    id BYTEA PRIMARY KEY,
    request_digest BYTEA NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    parameters TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE interactions (
    id BYTEA PRIMARY KEY,
    interaction_digest BYTEA NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    parameters TEXT NOT NULL,
    user_id BYTEA REFERENCES users (id) ON DELETE CASCADE,
    steps TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    reauthenticated_at BIGINT,
    is_denied BIGINT NOT NULL,
    consumed_at BIGINT,
    expires_at BIGINT NOT NULL
);

CREATE TABLE device_codes (
    -- The grant that an approved one becomes is kept under the same id.
    id BYTEA PRIMARY KEY,
    device_code_digest BYTEA NOT NULL,
    -- The user code is all that a person types, so it has to be found by its digest.
    user_code_digest BYTEA NOT NULL UNIQUE,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    resource TEXT,
    ip_address TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'denied', 'consumed')),
    -- Grows with each poll that came too early.
    interval_seconds BIGINT NOT NULL,
    polled_at BIGINT,
    requested_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE consents (
    user_id BYTEA NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);
CREATE INDEX consents_by_client ON consents (client_id);

CREATE TABLE grants (
    id BYTEA PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    user_id BYTEA NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Kept as a fact when the session is gone: the `sid` of a later logout.
    session_id BYTEA NOT NULL,
    scope TEXT NOT NULL,
    -- The API that its access tokens are for, if they are for one.
    resource TEXT,
    -- Claims that were asked for by name, beside the scope (OIDC Core §5.5).
    id_token_claims TEXT NOT NULL,
    userinfo_claims TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    amr TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When nothing that it bought or can still buy is good any more.
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX grants_by_user ON grants (user_id);
CREATE INDEX grants_by_client ON grants (client_id);
CREATE INDEX grants_by_expiry ON grants (expires_at);

-- What a grant bought is kept under the grant's own key: no index of its own to keep, and all of it is
-- removed with the grant. The bearer values name the grant, the digests prove them.
CREATE TABLE authorization_codes (
    grant_id BYTEA PRIMARY KEY REFERENCES grants (id) ON DELETE CASCADE,
    code_digest BYTEA NOT NULL,
    redirect_uri TEXT NOT NULL,
    nonce TEXT,
    code_challenge TEXT,
    code_challenge_method TEXT CHECK (code_challenge_method IN ('plain', 'S256')),
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    -- A challenge without its method, or the reverse, could not be verified.
    CHECK ((code_challenge IS NULL) = (code_challenge_method IS NULL))
);

CREATE TABLE access_tokens (
    grant_id BYTEA NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    token_digest BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (grant_id, token_digest)
);

CREATE TABLE refresh_tokens (
    grant_id BYTEA NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    token_digest BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (grant_id, token_digest)
);

CREATE TABLE backchannel_logouts (
    id BYTEA NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    -- Facts about what ended: neither has to be there any more.
    user_id BYTEA NOT NULL,
    session_id BYTEA NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (id, client_id)
);
CREATE INDEX backchannel_logouts_by_client ON backchannel_logouts (client_id);

CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    algorithm TEXT NOT NULL,
    -- PKCS#8, sealed under the encryption key.
    sealed_pkcs8 BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    -- For a key that was replaced: until when what it signed may have to be verified.
    published_until BIGINT
);

-- What an administrator chose of the application configuration. Secrets are sealed under the encryption
-- key.
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT,
    sealed_value BYTEA,
    updated_at BIGINT NOT NULL,
    CHECK ((value IS NULL) <> (sealed_value IS NULL))
);

CREATE TABLE audit_events (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    -- The entry outlives the account.
    user_id BYTEA REFERENCES users (id) ON DELETE SET NULL,
    actor TEXT NOT NULL CHECK (actor IN ('cli', 'client', 'user')),
    ip_address TEXT,
    user_agent TEXT,
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX audit_events_by_user ON audit_events (user_id);
