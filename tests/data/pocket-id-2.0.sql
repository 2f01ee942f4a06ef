-- What Pocket ID 2.0.0 leaves behind in SQLite.
--
-- ENCRYPTION_KEY  a-test-encryption-key-of-2.0
-- instance id     6f1d3c52-7a40-4a8e-9a55-0c2f6b7e2001   (app_config_variables.instanceId, there is no kv row in 2.0)
-- signing key     RS256, kid 1DelkhDBuY4
-- client secret   w3b-s3cret-of-the-wiki  (bcrypt in oidc_clients.secret)
-- SCIM token      token-of-the-old-scim
-- API key         an-api-key-of-the-tests-0123456789  (sha256 hex in api_keys.key)
-- Times are Unix seconds, booleans 0/1, JSON columns BLOBs.
PRAGMA foreign_keys = OFF;
BEGIN;

CREATE TABLE schema_migrations (version uint64, dirty bool);
CREATE UNIQUE INDEX version_unique ON schema_migrations (version);

CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME,
  username TEXT COLLATE NOCASE NOT NULL UNIQUE,
  email TEXT NOT NULL UNIQUE,          -- NULL allowed only since 2.0.2
  first_name TEXT,
  last_name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  is_admin BOOLEAN NOT NULL DEFAULT FALSE,
  ldap_id TEXT,
  locale TEXT,
  disabled BOOLEAN NOT NULL DEFAULT FALSE,
  updated_at DATETIME
);                                     -- email_verified comes in 2.2.0
CREATE UNIQUE INDEX users_ldap_id ON users (ldap_id);

CREATE TABLE user_groups (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME,
  friendly_name TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  ldap_id TEXT,
  updated_at DATETIME
);
CREATE UNIQUE INDEX user_groups_ldap_id ON user_groups (ldap_id);

CREATE TABLE user_groups_users (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  user_group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
  PRIMARY KEY (user_id, user_group_id)
);

CREATE TABLE custom_claims (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  user_group_id TEXT REFERENCES user_groups (id) ON DELETE CASCADE,
  UNIQUE (key, user_id, user_group_id),
  CHECK ((user_id IS NULL) <> (user_group_id IS NULL))
);

CREATE TABLE oidc_clients (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME NOT NULL,
  name TEXT,
  secret TEXT,
  callback_urls BLOB,
  image_type TEXT,
  created_by_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  is_public BOOLEAN DEFAULT FALSE,
  pkce_enabled BOOLEAN DEFAULT FALSE,
  logout_callback_urls BLOB,
  credentials TEXT,
  launch_url TEXT,
  requires_reauthentication BOOLEAN NOT NULL DEFAULT FALSE,
  dark_image_type TEXT,
  is_group_restricted BOOLEAN NOT NULL DEFAULT 0
);

CREATE TABLE oidc_clients_allowed_user_groups (
  user_group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
  oidc_client_id TEXT NOT NULL REFERENCES oidc_clients (id) ON DELETE CASCADE,
  PRIMARY KEY (oidc_client_id, user_group_id)
);

CREATE TABLE user_authorized_oidc_clients (
  scope TEXT,                          -- words parted by spaces until 2.10
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  client_id TEXT NOT NULL REFERENCES oidc_clients (id) ON DELETE CASCADE,
  last_used_at DATETIME NOT NULL,
  PRIMARY KEY (user_id, client_id)
);

CREATE TABLE webauthn_credentials (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME NOT NULL,
  name TEXT NOT NULL,
  credential_id BLOB NOT NULL UNIQUE,
  public_key BLOB NOT NULL,
  attestation_type TEXT NOT NULL,
  transport BLOB NOT NULL,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  backup_eligible BOOLEAN NOT NULL DEFAULT FALSE,
  backup_state BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE webauthn_sessions (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME,
  challenge TEXT NOT NULL UNIQUE,
  expires_at DATETIME NOT NULL,
  user_verification TEXT NOT NULL,
  credential_params BLOB NOT NULL DEFAULT '[]'
);

CREATE TABLE api_keys (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE,
  description TEXT,
  expires_at DATETIME NOT NULL,
  last_used_at DATETIME,
  created_at DATETIME,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  expiration_email_sent BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE audit_logs (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME,
  event TEXT NOT NULL,
  ip_address TEXT,
  user_agent TEXT NOT NULL,
  data BLOB NOT NULL,
  user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  country TEXT,
  city TEXT
);

CREATE TABLE kv (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE storage (
  path TEXT NOT NULL PRIMARY KEY,
  data BLOB NOT NULL,
  size INTEGER NOT NULL,
  mod_time INTEGER NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE app_config_variables (
  key VARCHAR(100) NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE signup_tokens (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME NOT NULL,
  token TEXT NOT NULL UNIQUE,
  expires_at DATETIME NOT NULL,
  usage_limit INTEGER NOT NULL DEFAULT 1,
  usage_count INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE signup_tokens_user_groups (
  signup_token_id TEXT NOT NULL REFERENCES signup_tokens (id) ON DELETE CASCADE,
  user_group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
  PRIMARY KEY (signup_token_id, user_group_id)
);

CREATE TABLE one_time_access_tokens (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME,
  token TEXT NOT NULL UNIQUE,
  expires_at DATETIME NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  device_token VARCHAR(16)
);

CREATE TABLE reauthentication_tokens (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME NOT NULL,
  token TEXT NOT NULL UNIQUE,
  expires_at INTEGER NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE oidc_authorization_codes (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME,
  code TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL,
  nonce TEXT,
  expires_at DATETIME NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  client_id TEXT NOT NULL REFERENCES oidc_clients (id) ON DELETE CASCADE,
  code_challenge TEXT,
  code_challenge_method_sha256 NUMERIC
);

CREATE TABLE oidc_refresh_tokens (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME,
  token TEXT NOT NULL UNIQUE,
  expires_at DATETIME NOT NULL,
  scope TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  client_id TEXT NOT NULL REFERENCES oidc_clients (id) ON DELETE CASCADE
);

CREATE TABLE oidc_device_codes (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME,
  device_code TEXT NOT NULL UNIQUE,
  user_code TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL,
  expires_at DATETIME NOT NULL,
  is_authorized BOOLEAN NOT NULL DEFAULT FALSE,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  client_id TEXT NOT NULL REFERENCES oidc_clients (id) ON DELETE CASCADE
);

CREATE TABLE scim_service_providers (
  id TEXT NOT NULL PRIMARY KEY,
  created_at DATETIME NOT NULL,
  endpoint TEXT NOT NULL,
  token TEXT NOT NULL,                 -- encrypted
  last_synced_at DATETIME,
  oidc_client_id TEXT NOT NULL UNIQUE REFERENCES oidc_clients (id) ON DELETE CASCADE
);

INSERT INTO schema_migrations (version, dirty) VALUES (20251229173100, 0);

INSERT INTO users (id, created_at, username, email, first_name, last_name, display_name, is_admin, ldap_id, locale, disabled, updated_at) VALUES
  ('11111111-aaaa-4aaa-8aaa-000000000001', 1767100000, 'ada', 'ada@example.org', 'Ada', 'Byron', 'Ada Byron', 1, NULL, 'de', 0, 1767100500),
  ('11111111-aaaa-4aaa-8aaa-000000000002', 1767100060, 'bert', 'bert@example.org', 'Bert', '', 'Bert', 0, NULL, NULL, 0, NULL);

INSERT INTO user_groups (id, created_at, friendly_name, name, ldap_id, updated_at) VALUES
  ('22222222-aaaa-4aaa-8aaa-000000000001', 1767100070, 'Editors', 'editors', NULL, NULL);

INSERT INTO user_groups_users (user_id, user_group_id) VALUES
  ('11111111-aaaa-4aaa-8aaa-000000000002', '22222222-aaaa-4aaa-8aaa-000000000001');

INSERT INTO custom_claims (id, created_at, key, value, user_id, user_group_id) VALUES
  ('44444444-aaaa-4aaa-8aaa-000000000001', 1767100080, 'department', 'research', '11111111-aaaa-4aaa-8aaa-000000000001', NULL);

INSERT INTO oidc_clients (id, created_at, name, secret, callback_urls, image_type, created_by_id, is_public, pkce_enabled, logout_callback_urls, credentials, launch_url, requires_reauthentication, dark_image_type, is_group_restricted) VALUES
  ('33333333-aaaa-4aaa-8aaa-000000000001', 1767100100, 'Wiki', '$2a$10$abcdefghijklmnopqrstuuiHxyMrNSWFykcHTVOhF86X8TpX5ZOla', CAST('["https://wiki.example.org/callback"]' AS BLOB), NULL, '11111111-aaaa-4aaa-8aaa-000000000001', 0, 1, CAST('["https://wiki.example.org/bye"]' AS BLOB), '{}', 'https://wiki.example.org', 0, NULL, 1);

INSERT INTO oidc_clients_allowed_user_groups (user_group_id, oidc_client_id) VALUES
  ('22222222-aaaa-4aaa-8aaa-000000000001', '33333333-aaaa-4aaa-8aaa-000000000001');

INSERT INTO user_authorized_oidc_clients (scope, user_id, client_id, last_used_at) VALUES
  ('openid profile email', '11111111-aaaa-4aaa-8aaa-000000000002', '33333333-aaaa-4aaa-8aaa-000000000001', 1767100900);

INSERT INTO webauthn_credentials (id, created_at, name, credential_id, public_key, attestation_type, transport, user_id, backup_eligible, backup_state) VALUES
  ('44444444-aaaa-4aaa-8aaa-000000000011', 1767100010, 'Laptop of Ada', X'53FE8EFEB76523000D57EA2999CEEA8B807D3A5F', X'A5010203262001215820BBAA78E0C38B5284CEE82FB9C2BF54E8F66D41F3EFBA2999088B4EDF9FDB37B92258205D95924EF6F423D541D4117D4A98AAE6C39105449E6B5534D8E14089363D16D6', 'none', CAST('["internal","hybrid"]' AS BLOB), '11111111-aaaa-4aaa-8aaa-000000000001', 1, 1),
  ('44444444-aaaa-4aaa-8aaa-000000000012', 1767100065, 'Key of Bert', X'6FC7D50C51333344408EABB18244462E94BC612AFF174639F95731CA25978C84', X'A5010203262001215820AD74B09F42A764A0A64AD78A1FE310D091EC7C509D16CEAB6ACE63C7F1CE03A02258208486A0BDCC9322E32A644E622DD63DC2C64F52DE70A134807A81790D32F712B9', 'none', CAST('["usb"]' AS BLOB), '11111111-aaaa-4aaa-8aaa-000000000002', 0, 0);

INSERT INTO api_keys (id, name, key, description, expires_at, last_used_at, created_at, user_id, expiration_email_sent) VALUES
  ('44444444-aaaa-4aaa-8aaa-000000000021', 'Backup job', 'cda478689f64f676efb5be3ebd6de0eb49942335105b5423b174badb7ff845b4', NULL, 4102444800, NULL, 1767100120, '11111111-aaaa-4aaa-8aaa-000000000001', 0);

INSERT INTO audit_logs (id, created_at, event, ip_address, user_agent, data, user_id, country, city) VALUES
  ('44444444-aaaa-4aaa-8aaa-000000000031', 1767100020, 'SIGN_IN', '192.0.2.7', 'Mozilla/5.0 (X11; Linux x86_64)', CAST('{}' AS BLOB), '11111111-aaaa-4aaa-8aaa-000000000001', 'Germany', 'Berlin'),
  ('44444444-aaaa-4aaa-8aaa-000000000032', 1767100900, 'NEW_CLIENT_AUTHORIZATION', NULL, 'Mozilla/5.0 (X11; Linux x86_64)', CAST('{"clientName":"Wiki"}' AS BLOB), '11111111-aaaa-4aaa-8aaa-000000000002', NULL, NULL);

INSERT INTO kv (key, value) VALUES
  ('jwt_private_key.json', 'UV8HO674Fa4cswvkhOBbJiWuQ314QZT/JiKPfiD84q0be2XcMj+040tvpw/cGK2tIFG0cEDe86iKU0vCxvOonw49fIZEkNLXbbvYSGr6nOtiM/b9cQS7MrWf68QO1IbZHxzZU6sH12T7xfom0K+sE9ajEffC8h+l2BB8XoPgQjYcPSn1HoGRrmr0+i/aplHadslYdQCWfLgYitNEKcH9On6IHLt372M4TdqDSNat56zQ+2qR6k5YULAqVyqUPNYEZXLaqX+Jp/HdlBLm/Ct6aOZDP3wSGobu4OkWQAfcEtAd9Xsxml9SWXw9XrSkWauQ5kpuf8ntHeaS6VgxlTSLPDgjYhHb8ZuDm+2JRyLzVjdHMn3Y5+0l8uiIBzhmK5p7lmTaxk0GJq/yUxnuppivairmvq/Y1c4JjbC/xhh0j6IV+HbK0VIsSyYt3+Au8g2OHxBJTuvXocjovYdNSTjLoVf72HmRjVza399WFOLA/q4RfzFsBg4LFYvIsZo7nTkJkIVUIKxSsi6GRuVOAvo8f+yQkL3EbZQC7uuRdhh48dQ+oKsbtzZZKVB9NEEy4+XFkYn2tQRR/F6ydj2r+EJnsEEMPnMg710y8PjQVwEyGR6pmHzZsf7I1eY53OMOv9hEEjiahVo41/uQFqFAAFOqZiDD1uoVG+OalXjthDMJ2xCzM4E2k+qRhMf1WA0nJizxFkUkw2u5kOSTUk7j/PmMZ4EMw69+LCVGRbPfEKdfEKWquD3d8SVxXGGdKXeRiX5eRi1DY+wPrJPM3MFaG255EDqRUxN/vDVYyqh6h/a9bezFG1UBM7NzreeYZ1mVUPV3VrYU4zW8YjuNvcS+fzb5TEfOrhKUDkVuj+an6u5uDuLNIJMxTQzbvqfAyN36OBMbFtkdWFK8+kHcH2a5O27FMcLjHvE9aXVAmh/j/+QIOm4pAXn9YwA5XNf4EM//IrG8Ad1t/vwirYqgehVzAhHf9NUYcMnZnVv5UGMSomLkLXSXhcq2AhTsQWNytX/niC7cytbf9G6pS+ctC3CRu2Cjot0gvUrzjXCyEMBF1MJEkRNV1HI09WNkNjVCj77h051PrawREjs6lq6m5izhsmWFAj9mFbt4oGLFP22FcqOnDRiUIyHwQ998nCh1MiOVp+tBAuLqFAGJQhFOeUE13ARfr9H8pIToeWIteAMg6+3OJvlz13wqt0/G/9Pass74hUOrhPcay1XiPVeS7GUQ+u3iPveSckqgWHBgc04lxPgKGw5rb032224XhO9GKLiR3izz+9t75I+EpXd8zxRqDlr6+Cs47eInjwAY0e51UJ89h4gc/CEZGIbEUhoWL1APb43z1Qnvw846r410FQh32yr3WsIKs6K4suFr+Bp87XoI0XOsmDKZjE1XZk4m8opzbAZoxRPsgC/L7G/ChgJogdrDsTaVuwsoCUIVSGQZ8jaqoxi6aJwt0+yBTcb/5xWWMG6nwxndKPNICm3Iugiu+gZjhq5EzOm9bH27v5GtU1NzDZlLh7b8E3BPx2EgnGscQgStFmY127Zgb9MJnshy/DvnpSGou3Qx1bu3gk3lAGPchl+wKdnf0DUiuQBZBzqArnY90DsoEr6iovGTnVTpEjoyps4S9a9iVmHTSxUE3N9SBPB9lsNTkKJBisNRrgSUJt8MVts7ZduLcPIDaYk4qRCnDj8z+xtP1b+8YdSwdnuQcVkqSaEiDVe6dYiuft2av2KN03uoLvqZyaWPjmDSRK9GRwH9W6t/PXXIUaXNvzNM6UJXltI06/TS/OTD9a/ZPBgqGC3x0tnBr0QEqiU5/EJ8B5Tcz0kW8CM9/L83CpQuDOlFEjntm6Eyk/MVU6wbwIYoD5k7FlfLZW4gyR5JoCQh6CfzgPEuwZGDXT3fMGEJvTnGN5c2wSkB5xmIYh5ZDp+d6BhsxMFTDc1frPxFvhw9gma2dtkvb58diLjWi4v5iMrquXoD3GcFnXNbM83BDKivajwfRjjarQ3QuYRLfRMJD3VWZEumL/ZQQL5XzNsTrQzlw0X5VIYTQ55IPFYoqS7/8JqeoFTWDrcTUH37qEaI4n5UAN2b0VjkNzpqqLHDipxSgNFQpWA9eH42z3PZqM282RhUVdnKrGXdp1tptvzHkAMvq2SSyRT6tSjHKt0mkHvjwaCQDi5W4i2VXBy9vNk/HVrBdSmZ6utf5kFELUt0qFPi4hQMK0fEOFSXdM20gGAlYuRCHLCUT/SZ1ANiCGD6jhVEtnDFn8XMcA==');

INSERT INTO app_config_variables (key, value) VALUES
  ('instanceId', '6f1d3c52-7a40-4a8e-9a55-0c2f6b7e2001'),
  ('appName', 'House Login'),
  ('sessionDuration', '120'),
  ('emailsVerified', 'true'),
  ('accentColor', ''),
  ('disableAnimations', ''),
  ('allowOwnAccountEdit', 'false'),
  ('allowUserSignups', 'withToken'),
  ('signupDefaultUserGroupIDs', '["22222222-aaaa-4aaa-8aaa-000000000001"]'),
  ('signupDefaultCustomClaims', ''),
  ('requireUserEmail', ''),
  ('smtpHost', 'mail.example.org'),
  ('smtpPort', '587'),
  ('smtpFrom', 'id@example.org'),
  ('smtpUser', 'id'),
  ('smtpPassword', 'a-mail-password-in-clear'),
  ('smtpTls', 'starttls'),
  ('smtpSkipCertVerify', ''),
  ('emailLoginNotificationEnabled', 'true'),
  ('emailOneTimeAccessAsUnauthenticatedEnabled', ''),
  ('emailOneTimeAccessAsAdminEnabled', 'true'),
  ('emailApiKeyExpirationEnabled', ''),
  ('ldapEnabled', ''),
  ('ldapAttributeAdminGroup', '_pocket_id_admins'),
  ('backgroundImageType', 'jpg');

INSERT INTO signup_tokens (id, created_at, token, expires_at, usage_limit, usage_count) VALUES
  ('44444444-aaaa-4aaa-8aaa-000000000041', 1767100200, 'Ab3dEf6hIj9kLm2n', 4102444800, 3, 1);

INSERT INTO signup_tokens_user_groups (signup_token_id, user_group_id) VALUES
  ('44444444-aaaa-4aaa-8aaa-000000000041', '22222222-aaaa-4aaa-8aaa-000000000001');

INSERT INTO scim_service_providers (id, created_at, endpoint, token, last_synced_at, oidc_client_id) VALUES
  ('44444444-aaaa-4aaa-8aaa-000000000061', 1767100300, 'https://wiki.example.org/scim/v2', 'AAECAwQFBgcICQoL0cdJbgWdTbXs1S+CT6+A7jphOL/AWxBbqM6OB00DKQIFT5D2ew==', NULL, '33333333-aaaa-4aaa-8aaa-000000000001');

INSERT INTO oidc_refresh_tokens (id, created_at, token, expires_at, scope, user_id, client_id) VALUES
  ('44444444-aaaa-4aaa-8aaa-000000000051', 1767100900, '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881', 4102444800, 'openid profile email', '11111111-aaaa-4aaa-8aaa-000000000002', '33333333-aaaa-4aaa-8aaa-000000000001');

COMMIT;
