-- Outbox: whatever has to be sent is a row first, written in the transaction of its cause.
CREATE TABLE outbox (
    -- Ids are in the order of their causes. One cause may have several recipients.
    id BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('backchannel_logout', 'mail', 'scim', 'webhook')),
    -- A client, a SCIM provider or a webhook; empty for a mail, a kind of events for a notice to administrators.
    recipient TEXT NOT NULL,
    -- What is sent, as JSON: sealed if it may hold a secret.
    content TEXT,
    sealed_content BYTEA,
    attempts BIGINT NOT NULL,
    -- When it is sent, or sent again.
    due_at BIGINT NOT NULL,
    -- From then on it is not worth sending.
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id, kind, recipient),
    CHECK ((content IS NULL) <> (sealed_content IS NULL))
);
CREATE INDEX outbox_by_due_at ON outbox (due_at);
CREATE INDEX outbox_by_recipient ON outbox (kind, recipient, due_at);
CREATE INDEX outbox_by_expiry ON outbox (expires_at);
-- Recipients that did not answer, and until when they are left alone.
CREATE TABLE outbox_rests (
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    rests_until BIGINT NOT NULL,
    silent_times BIGINT NOT NULL,
    PRIMARY KEY (kind, recipient)
);
-- A notice is tried for three hours.
INSERT INTO outbox (id, kind, recipient, content, attempts, due_at, expires_at)
SELECT id, 'backchannel_logout', client_id,
       json_build_object('userId', encode(user_id, 'hex'), 'sessionId', encode(session_id, 'hex'))::text,
       attempts, due_at, due_at + 10800
  FROM backchannel_logouts;
DROP TABLE backchannel_logouts;

-- Mail.
-- The newest link of each user that proves an email address is theirs, and the address that it was sent to.
CREATE TABLE email_verifications (
    user_id BYTEA PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    token_digest BYTEA NOT NULL,
    email TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX email_verifications_by_expiry ON email_verifications (expires_at);
-- SHA-256 of the cookie of the browser that asked for the code by mail: it works in no other.
ALTER TABLE one_time_access_tokens ADD COLUMN browser_digest BYTEA;
-- Owners of API keys are told before these end.
CREATE INDEX api_keys_by_expiry ON api_keys (expires_at) WHERE is_expiry_told = 0;

-- Events: webhooks.
CREATE TABLE webhooks (
    id BYTEA PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    -- The kinds of events that are sent, as a JSON list. An empty one stands for every kind.
    events TEXT NOT NULL,
    is_enabled BIGINT NOT NULL,
    -- Null when the encryption key was lost.
    sealed_secret BYTEA,
    -- The secret before that, which signs, too, until `previous_until`.
    sealed_previous_secret BYTEA,
    previous_until BIGINT,
    -- When the receiver answered 410 (Gone), which disabled the webhook.
    gone_at BIGINT,
    created_at BIGINT NOT NULL
);
-- What became of the last deliveries. In a table of its own, since `webhooks` is read with each entry of the audit log.
CREATE TABLE webhook_deliveries (
    webhook_id BYTEA PRIMARY KEY REFERENCES webhooks (id) ON DELETE CASCADE,
    last_delivered_at BIGINT,
    last_failed_at BIGINT,
    -- Why the last attempt failed; null after a success.
    last_error TEXT
);
-- Administrators are told of secrets before these end.
ALTER TABLE client_secrets ADD COLUMN is_expiry_noted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN is_expiry_noted BIGINT NOT NULL DEFAULT 0;
CREATE INDEX api_keys_by_unnoted_expiry ON api_keys (expires_at) WHERE is_expiry_noted = 0;

-- Directory: LDAP.
-- The id of an account or a group in the directory that it comes from; null for those made here.
ALTER TABLE users ADD COLUMN ldap_id TEXT;
ALTER TABLE groups ADD COLUMN ldap_id TEXT;
CREATE UNIQUE INDEX users_by_ldap_id ON users (ldap_id) WHERE ldap_id IS NOT NULL;
CREATE UNIQUE INDEX groups_by_ldap_id ON groups (ldap_id) WHERE ldap_id IS NOT NULL;
-- SHA-256 of the picture in the directory that an account has: unchanged ones are not decoded again.
CREATE TABLE directory_pictures (
    user_id BYTEA PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    source_digest BYTEA NOT NULL
);

-- Provisioning: SCIM.
-- When the group or its members last changed: `meta.lastModified` (RFC 7643 §3.1).
ALTER TABLE groups ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
UPDATE groups SET updated_at = created_at;
-- When a synchronisation last began, and why it failed.
ALTER TABLE scim_providers ADD COLUMN last_attempted_at BIGINT;
ALTER TABLE scim_providers ADD COLUMN last_error TEXT;
-- The users and groups that the endpoint of a provider has from us. Rows outlive the user or the group, so that
-- it can be deleted there, too.
CREATE TABLE scim_resources (
    provider_id BYTEA NOT NULL REFERENCES scim_providers (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('group', 'user')),
    -- The id of the user or the group here.
    local_id BYTEA NOT NULL,
    -- Its id there.
    remote_id TEXT NOT NULL,
    -- SHA-256 of the resource as it was last sent.
    sent_digest BYTEA NOT NULL,
    -- Whether it was there before, and was taken over by its name. It is deactivated, and not deleted.
    is_adopted BIGINT NOT NULL,
    PRIMARY KEY (provider_id, kind, local_id)
);

-- SCIM server: programs that manage accounts and groups here.
CREATE TABLE scim_tokens (
    id BYTEA PRIMARY KEY,
    name TEXT NOT NULL,
    -- SHA-256 of the token, which is shown once.
    token_digest BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    -- Null for a token that never expires.
    expires_at BIGINT,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX scim_tokens_by_name ON scim_tokens (name);
-- The ids that the program with a token gave to users and groups: `externalId` (RFC 7643 §3.1).
CREATE TABLE scim_user_ids (
    token_id BYTEA NOT NULL REFERENCES scim_tokens (id) ON DELETE CASCADE,
    user_id BYTEA NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    PRIMARY KEY (token_id, user_id)
);
CREATE UNIQUE INDEX scim_user_ids_by_external_id ON scim_user_ids (token_id, external_id);
CREATE INDEX scim_user_ids_by_user ON scim_user_ids (user_id);
CREATE TABLE scim_group_ids (
    token_id BYTEA NOT NULL REFERENCES scim_tokens (id) ON DELETE CASCADE,
    group_id BYTEA NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    PRIMARY KEY (token_id, group_id)
);
CREATE UNIQUE INDEX scim_group_ids_by_external_id ON scim_group_ids (token_id, external_id);
CREATE INDEX scim_group_ids_by_group ON scim_group_ids (group_id);

-- Location.
-- Where the address of an entry was when it was written: a country and a city, in English.
ALTER TABLE audit_events ADD COLUMN country TEXT;
ALTER TABLE audit_events ADD COLUMN city TEXT;

-- Forward auth: applications without OpenID Connect, for which a proxy asks who may pass.
CREATE TABLE protected_hosts (
    id BYTEA PRIMARY KEY,
    -- With its port, unless that is 80 or 443.
    host TEXT NOT NULL UNIQUE,
    is_group_restricted BIGINT NOT NULL,
    -- The names of the headers that tell the application who asks, as a JSON object.
    headers TEXT NOT NULL,
    -- The paths that are open to everyone, as a JSON list.
    open_paths TEXT NOT NULL,
    session_seconds BIGINT NOT NULL,
    accepts_bearer_tokens BIGINT NOT NULL,
    accepts_api_keys BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE protected_host_groups (
    protected_host_id BYTEA NOT NULL REFERENCES protected_hosts (id) ON DELETE CASCADE,
    group_id BYTEA NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (protected_host_id, group_id)
);
CREATE INDEX protected_host_groups_by_group ON protected_host_groups (group_id);
-- Codes that bring a sign-in from here to a protected host. Each is good once, for a minute.
CREATE TABLE host_codes (
    id BYTEA PRIMARY KEY,
    code_digest BYTEA NOT NULL,
    protected_host_id BYTEA NOT NULL REFERENCES protected_hosts (id) ON DELETE CASCADE,
    session_id BYTEA NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    -- SHA-256 of the cookie of the browser that began at the host: the code is good in no other.
    browser_digest BYTEA NOT NULL,
    -- Where the browser wanted to go.
    return_to TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX host_codes_by_host ON host_codes (protected_host_id);
CREATE INDEX host_codes_by_session ON host_codes (session_id);
CREATE INDEX host_codes_by_expiry ON host_codes (expires_at);
-- Browsers that are signed in at a protected host. They end with the session that they come from.
CREATE TABLE host_sessions (
    id BYTEA PRIMARY KEY,
    session_digest BYTEA NOT NULL,
    protected_host_id BYTEA NOT NULL REFERENCES protected_hosts (id) ON DELETE CASCADE,
    session_id BYTEA NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
-- One for each session and host: the next sign-in replaces it.
CREATE UNIQUE INDEX host_sessions_by_session ON host_sessions (session_id, protected_host_id);
CREATE INDEX host_sessions_by_host ON host_sessions (protected_host_id);
CREATE INDEX host_sessions_by_expiry ON host_sessions (expires_at);

-- Bound tokens: DPoP (RFC 9449) and FAPI 2.0.
-- Whether the client gets only tokens that are bound to a key of its own.
ALTER TABLE clients ADD COLUMN requires_dpop BIGINT NOT NULL DEFAULT 0;
-- The rules beyond those of OpenID Connect that the client keeps to; null for none.
ALTER TABLE clients ADD COLUMN security_profile TEXT;
-- The thumbprint of the only key that the code can be exchanged with.
ALTER TABLE authorization_codes ADD COLUMN dpop_jkt TEXT;
-- The thumbprint of the only key that the refresh token of a public client can be used with.
ALTER TABLE refresh_tokens ADD COLUMN dpop_jkt TEXT;
-- SHA-256 of the key and the `jti` of the proofs that were used, for as long as these would be accepted.
CREATE TABLE dpop_proofs (
    proof_digest BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX dpop_proofs_by_expiry ON dpop_proofs (expires_at);
-- The algorithm that UserInfo responses are signed with; null when they are JSON.
ALTER TABLE clients ADD COLUMN userinfo_signed_response_alg TEXT;

-- Agents: clients that registered themselves (RFC 7591), and those that an administrator has to approve.
-- Null for clients that administrators registered.
ALTER TABLE clients ADD COLUMN registration TEXT CHECK (registration IN ('approved', 'pending'));
-- Tokens that let programs register clients (RFC 7591 §1.2: initial access token).
CREATE TABLE registration_tokens (
    id BYTEA PRIMARY KEY,
    name TEXT NOT NULL,
    -- SHA-256 of the token, which is shown once.
    token_digest BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    -- Null for a token that never expires.
    expires_at BIGINT,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX registration_tokens_by_name ON registration_tokens (name);
-- What is kept of a registration beside its client.
CREATE TABLE client_registrations (
    client_id TEXT PRIMARY KEY REFERENCES clients (id) ON DELETE CASCADE,
    -- SHA-256 of the registration access token (RFC 7592 §1.2).
    token_digest BYTEA NOT NULL,
    -- Separated by spaces.
    grant_types TEXT NOT NULL,
    token_endpoint_auth_method TEXT NOT NULL,
    application_type TEXT NOT NULL,
    -- As the client asked for it; null when it did not.
    scope TEXT,
    -- Where the registration came from: an address, and the network that bounds count.
    ip_address TEXT NOT NULL,
    network TEXT NOT NULL,
    -- The name of the initial access token, if there was one.
    token_name TEXT,
    -- An unused client is deleted then.
    unused_until BIGINT NOT NULL,
    -- An administrator was asked then, or something was changed while the client waited.
    requested_at BIGINT NOT NULL,
    -- Null for a client that was never approved.
    approved_at BIGINT,
    -- As the client asked for it; an administrator may have set another one.
    id_token_signed_response_alg TEXT NOT NULL
);
CREATE INDEX client_registrations_by_unused_until ON client_registrations (unused_until);
-- Addresses of client metadata documents that somebody signed in with, and what an administrator decided.
CREATE TABLE client_metadata_requests (
    client_id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('approved', 'pending', 'refused')),
    -- Who was the first to sign in with it.
    user_id BYTEA REFERENCES users (id) ON DELETE CASCADE,
    requested_at BIGINT NOT NULL
);
CREATE INDEX client_metadata_requests_by_user ON client_metadata_requests (user_id);
