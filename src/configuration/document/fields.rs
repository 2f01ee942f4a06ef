//! The field registry of the configuration file: names, shapes and descriptions. The JSON schema
//! and the validation are both derived from it.

use std::{fmt, str::FromStr};

use serde_json::Value;

use super::{
    rules::{read_assertion, read_exchange, read_tls_client_auth, read_trusted_issuer},
    shape::{Field, ValueShape},
};
use crate::model::{
    ApiId, ApiName, ClaimName, ClaimValue, Client, ClientId, ClientName, DisplayName, EmailAddress,
    EventKind, FriendlyName, GroupId, GroupName, HostAddress, IdentityHeader, OpenPath,
    PermissionDescription, PersonName, Resource, ScopeName, SshAccountName, Timestamp, UserId,
    Username, WebhookName, WebhookUrl,
    custom_claim::MAX_CLAIMS,
    language_tag, parse_jwks,
    redirect_uri::RedirectUriPattern,
    rules::MAX_RULES,
    text::{TextError, bounded, is_web_address},
};

/// The maximum number of members of a group, and of items in any other list.
const MANY: usize = 100_000;
const SOME: usize = 1_000;

const fn field(name: &'static str, shape: ValueShape, description: &'static str) -> Field {
    Field { name, shape, required: false, description }
}

const fn required(name: &'static str, shape: ValueShape, description: &'static str) -> Field {
    Field { name, shape, required: true, description }
}

pub const USER: &[Field] = &[
    required("username", ValueShape::Text(read::<Username>), "Username of the account."),
    field(
        "id",
        ValueShape::Text(read_id::<UserId>),
        "Id of the account and subject of its tokens; generated unless given.",
    ),
    field(
        "email",
        ValueShape::Optional(&ValueShape::Text(read::<EmailAddress>)),
        "Email of the account.",
    ),
    field(
        "emailVerified",
        ValueShape::Flag,
        "Whether the email is verified. Unless given, a new email gets the value of the setting \
         emailsVerified.",
    ),
    field("firstName", ValueShape::Text(read::<PersonName>), "Given name."),
    field("lastName", ValueShape::Text(read::<PersonName>), "Family name."),
    field("displayName", ValueShape::Text(read::<DisplayName>), "Display name."),
    field("isAdmin", ValueShape::Flag, "Whether the user is an administrator."),
    field("disabled", ValueShape::Flag, "Whether the user is disabled and cannot sign in."),
    field(
        "locale",
        ValueShape::Optional(&ValueShape::Text(read_locale)),
        "Language of the pages, such as en or zh-CN.",
    ),
    field("customClaims", CUSTOM_CLAIMS, "Claims of the user."),
    field(
        "userType",
        ValueShape::Choice(&["service"]),
        "Makes a new account that of a service, which is no person; it stays one.",
    ),
    field(
        "jwks",
        ValueShape::Optional(&ValueShape::Json(read_jwks)),
        "Public keys with which a service signs its assertions (RFC 7523).",
    ),
    field(
        "federatedIdentities",
        ValueShape::Set(&ValueShape::Object(SERVICE_ISSUER), SOME, None),
        "Issuers whose tokens stand for a service.",
    ),
];

pub const GROUP: &[Field] = &[
    required("name", ValueShape::Text(read::<GroupName>), "Name in the groups claim."),
    field("id", ValueShape::Text(read_id::<GroupId>), "Its id; generated unless given."),
    field("friendlyName", ValueShape::Text(read::<FriendlyName>), "Display name."),
    field(
        "members",
        ValueShape::Set(&ValueShape::Text(read_member), MANY, None),
        "Usernames of all its members.",
    ),
    field(
        "membershipEnds",
        ValueShape::Set(&ValueShape::Object(MEMBERSHIP_END), MANY, Some("username")),
        "When memberships end, of the members whose membership ends; it needs members. If it is absent, current \
         members keep their end, and a member whose membership has ended is added again, without an end.",
    ),
    field("customClaims", CUSTOM_CLAIMS, "Claims of its members."),
];

const MEMBERSHIP_END: &[Field] = &[
    required("username", ValueShape::Text(read_member), "Username of the member."),
    required(
        "until",
        ValueShape::Text(read_moment),
        "When the membership ends, such as 2026-12-31T18:00:00Z. A date means the beginning of that day in UTC. Once \
         the time has passed, the user is removed from the group, although members lists them.",
    ),
];

const CUSTOM_CLAIMS: ValueShape =
    ValueShape::Set(&ValueShape::Object(CUSTOM_CLAIM), MAX_CLAIMS, Some("key"));

pub const CUSTOM_CLAIM: &[Field] = &[
    required("key", ValueShape::Text(read_claim_name), "The name of the claim."),
    required("value", ValueShape::Text(read::<ClaimValue>), "Its value: JSON, or any other text."),
];

pub const CLIENT: &[Field] = &[
    required("id", ValueShape::Text(read_client_id), "The client ID."),
    field("name", ValueShape::Text(read::<ClientName>), "Display name; required for a new client."),
    field("isPublic", ValueShape::Flag, "Whether it is a public client, without a secret."),
    field("callbackURLs", PATTERNS, "Its redirect URIs."),
    field("logoutCallbackURLs", PATTERNS, "Its post-logout redirect URIs."),
    field(
        "backchannelLogoutUri",
        ValueShape::Optional(&ValueShape::Text(read_url)),
        "Its back-channel logout URL.",
    ),
    field("launchURL", ValueShape::Optional(&ValueShape::Text(read_url)), "URL of its front page."),
    field("pkceEnabled", ValueShape::Flag, "Whether PKCE is required."),
    field(
        "requiresPushedAuthorizationRequests",
        ValueShape::Flag,
        "Whether pushed authorization requests are required (RFC 9126).",
    ),
    field(
        "dpopBoundAccessTokens",
        ValueShape::Flag,
        "Whether all its tokens are bound to a key (DPoP, RFC 9449).",
    ),
    field(
        "tlsClientCertificateBoundAccessTokens",
        ValueShape::Flag,
        "Whether all its tokens are bound to its TLS certificate (RFC 8705).",
    ),
    field(
        "securityProfile",
        ValueShape::Optional(&ValueShape::Choice(&["fapi2"])),
        "The security profile that it keeps to.",
    ),
    field(
        "requiresReauthentication",
        ValueShape::Flag,
        "Whether every sign-in requires the passkey again.",
    ),
    field("skipConsent", ValueShape::Flag, "Whether users are not asked for consent."),
    field(
        "isGroupRestricted",
        ValueShape::Flag,
        "Whether only allowedUserGroups may use it; unless given, true if that list is not empty.",
    ),
    field(
        "allowedUserGroups",
        ValueShape::Set(&ValueShape::Text(read::<GroupName>), SOME, None),
        "Names of the groups that may use it.",
    ),
    field(
        "idTokenSignedResponseAlg",
        ValueShape::Choice(&["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]),
        "Signing algorithm of its ID tokens.",
    ),
    field(
        "userinfoSignedResponseAlg",
        ValueShape::Optional(&ValueShape::Choice(&[
            "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA",
        ])),
        "Signing algorithm of its UserInfo responses; null for plain JSON.",
    ),
    field("accessTokenDurationMinutes", MINUTES, "Lifetime of its access tokens."),
    field("refreshTokenDurationMinutes", MINUTES, "Lifetime of its refresh tokens after each use."),
    field(
        "maxSessionAgeMinutes",
        ValueShape::Optional(&SESSION_AGE),
        "How old a sign-in may be. After that its tokens end, and its users are asked for the passkey again; null for any age.",
    ),
    field(
        "jwks",
        ValueShape::Optional(&ValueShape::Json(read_jwks)),
        "Its public keys (private_key_jwt).",
    ),
    field(
        "federatedIdentities",
        ValueShape::List(&ValueShape::Object(FEDERATED), SOME),
        "Issuers whose tokens authenticate it.",
    ),
    field(
        "tlsClientAuth",
        ValueShape::Optional(&ValueShape::Json(read_tls_client_auth)),
        "Its TLS certificates of authorities: certificateAuthorities in PEM form, and one of \
         subjectDn, sanDns, sanUri, sanIp and sanEmail.",
    ),
    field(
        "claims",
        ValueShape::Set(&ValueShape::Object(CLAIM_RULE), MAX_CLAIMS, Some("name")),
        "Claims of users in addition to those of its scopes.",
    ),
    field(
        "tokenExchanges",
        ValueShape::Set(&ValueShape::Json(read_exchange), MAX_RULES, None),
        "Tokens that it may exchange (RFC 8693): subjectApi or subjectClient, target, scope and \
         acceptsBoundTokens.",
    ),
    field(
        "trustedIssuers",
        ValueShape::Set(&ValueShape::Json(read_trusted_issuer), MAX_RULES, None),
        "Issuers whose identity assertions say for which users it gets tokens: issuer and jwks.",
    ),
    field(
        "identityAssertions",
        ValueShape::Set(&ValueShape::Json(read_assertion), MAX_RULES, None),
        "Authorization servers elsewhere for which it gets assertions about its users (ID-JAG): \
         audience, clientId, scope and resources.",
    ),
    field(
        "secrets",
        ValueShape::Set(&ValueShape::ClientSecret, 20, Some("digest")),
        "All its secrets.",
    ),
    field(
        "services",
        ValueShape::Set(&ValueShape::Text(read_member), SOME, None),
        "Usernames of the services that get tokens through it.",
    ),
    field("logo", ValueShape::Optional(&ValueShape::Image), "Its logo."),
    field("darkLogo", ValueShape::Optional(&ValueShape::Image), "Its logo for dark mode."),
];

const PATTERNS: ValueShape = ValueShape::List(&ValueShape::Text(read_pattern), SOME);
/// Five minutes to one year.
const SESSION_AGE: ValueShape = ValueShape::Integer {
    min: *Client::SESSION_AGE_MINUTES.start(),
    max: *Client::SESSION_AGE_MINUTES.end(),
};
/// One minute to one year.
const MINUTES: ValueShape = ValueShape::Integer { min: 1, max: 365 * 24 * 60 };

const ISSUER: Field = required("issuer", ValueShape::Text(read_url), "The iss of its tokens.");
const AUDIENCE: Field = field(
    "audience",
    ValueShape::Text(read_line),
    "The aud of its tokens; the issuer identifier of this server unless given.",
);
const KEYS: Field = field("jwks", ValueShape::Text(read_url), "URL of its keys (JWKS).");
const REPLAY_PROTECTION: Field =
    field("replayProtection", ValueShape::Flag, "Whether each token is accepted only once.");

const FEDERATED: &[Field] = &[
    ISSUER,
    field(
        "subject",
        ValueShape::Text(read_line),
        "The sub of its tokens; the client ID unless given.",
    ),
    AUDIENCE,
    KEYS,
    REPLAY_PROTECTION,
];

const SERVICE_ISSUER: &[Field] = &[
    ISSUER,
    required("subject", ValueShape::Text(read_line), "The sub of its tokens: the service there."),
    AUDIENCE,
    KEYS,
    REPLAY_PROTECTION,
];

const CLAIM_RULE: &[Field] = &[
    required("name", ValueShape::Text(read_claim_name), "The name of the claim."),
    field(
        "value",
        ValueShape::Text(read::<ClaimValue>),
        "Its value; either value or from is required.",
    ),
    field(
        "from",
        ValueShape::Text(read_claim_name),
        "The claim of the user that it is copied from.",
    ),
    field(
        "scope",
        ValueShape::Text(read::<ScopeName>),
        "The scope that contains it; openid unless given.",
    ),
];

pub const API: &[Field] = &[
    required("resource", ValueShape::Text(read::<Resource>), "Its resource identifier (RFC 8707)."),
    field("id", ValueShape::Text(read_id::<ApiId>), "Its id; generated unless given."),
    field("name", ValueShape::Text(read::<ApiName>), "Display name; required for a new API."),
    field("allowCimdClients", ValueShape::Flag, "Whether unregistered clients may use it."),
    field(
        "permissions",
        ValueShape::Set(&ValueShape::Object(PERMISSION), SOME, Some("key")),
        "All its permissions.",
    ),
    field(
        "clients",
        ValueShape::Set(&ValueShape::Object(GRANT), MANY, Some("clientId")),
        "All clients that may use it.",
    ),
];

const PERMISSION: &[Field] = &[
    required("key", ValueShape::Text(read::<ScopeName>), "The scope of the permission."),
    required("name", ValueShape::Text(read::<ApiName>), "Its display name."),
    field(
        "description",
        ValueShape::Text(read::<PermissionDescription>),
        "Description of the permission.",
    ),
    field(
        "allowedForCimdClients",
        ValueShape::Flag,
        "Whether unregistered clients may request it.",
    ),
];

const GRANT: &[Field] = &[
    required("clientId", ValueShape::Text(read_client_id), "The client ID."),
    required(
        "subjectType",
        ValueShape::Choice(&["client", "user"]),
        "On whose behalf: the client's own, or the user's.",
    ),
    field(
        "permissions",
        ValueShape::Set(&ValueShape::Text(read::<ScopeName>), SOME, None),
        "Permissions that it may request.",
    ),
];

pub const WEBHOOK: &[Field] = &[
    required("name", ValueShape::Text(read::<WebhookName>), "Its name."),
    field(
        "url",
        ValueShape::Text(read_webhook_url),
        "Address of the receiver; required for a new webhook.",
    ),
    field(
        "events",
        ValueShape::Set(&ValueShape::Text(read_event), SOME, None),
        "Kinds of events that are sent, such as ACCOUNT_CREATED; every kind if the list is empty.",
    ),
    field("isEnabled", ValueShape::Flag, "Whether events are sent."),
];

pub const PROTECTED_HOST: &[Field] = &[
    required(
        "host",
        ValueShape::Text(read::<HostAddress>),
        "Its host, and its port unless that is 80 or 443.",
    ),
    field(
        "isGroupRestricted",
        ValueShape::Flag,
        "Whether only members of allowedUserGroups are let in; unless given, true if that list is not empty.",
    ),
    field(
        "allowedUserGroups",
        ValueShape::Set(&ValueShape::Text(read::<GroupName>), MANY, None),
        "Names of the groups that are let in, if it is restricted to groups.",
    ),
    field(
        "headers",
        ValueShape::Object(IDENTITY_HEADERS),
        "Headers that tell the application who asks.",
    ),
    field(
        "openPaths",
        ValueShape::Set(&ValueShape::Text(read_open_path), SOME, None),
        "Paths that are open to everyone, such as /health or /public/*.",
    ),
    field(
        "sessionDurationMinutes",
        ValueShape::Integer { min: 5, max: 43_200 },
        "How long a browser stays signed in at the host.",
    ),
    field(
        "acceptsBearerTokens",
        ValueShape::Flag,
        "Whether access tokens for the host pass without a browser.",
    ),
    field(
        "acceptsApiKeys",
        ValueShape::Flag,
        "Whether keys of the REST API pass without a browser.",
    ),
];

pub const SSH_ACCOUNT: &[Field] = &[
    required(
        "account",
        ValueShape::Text(read::<SshAccountName>),
        "Account of hosts: root, root@db1 on hosts that call themselves db1, or {username}.",
    ),
    field(
        "isForEveryone",
        ValueShape::Flag,
        "Whether everyone may enter it, and not only members of allowedUserGroups.",
    ),
    field(
        "allowedUserGroups",
        ValueShape::Set(&ValueShape::Text(read::<GroupName>), MANY, None),
        "Names of the groups whose members may enter it.",
    ),
];

const IDENTITY_HEADERS: &[Field] = &[
    required("user", ValueShape::Text(read_header), "Has the username; empty for none."),
    required("name", ValueShape::Text(read_header), "Has the display name; empty for none."),
    required("email", ValueShape::Text(read_header), "Has the email; empty for none."),
    required("groups", ValueShape::Text(read_header), "Has the groups; empty for none."),
    required("id", ValueShape::Text(read_header), "Has the id of the account; empty for none."),
];

/// Parses a model type and writes it back in canonical form.
fn read<T: FromStr<Err = TextError> + fmt::Display>(text: &str) -> Result<String, TextError> {
    text.parse::<T>().map(|value| value.to_string())
}

fn read_id<T: FromStr + fmt::Display>(text: &str) -> Result<String, TextError> {
    let id = text.parse::<T>().map_err(|_| TextError::format("must be a UUID"))?;
    Ok(id.to_string())
}

/// Folds a username, since usernames are compared case-insensitively.
fn read_member(text: &str) -> Result<String, TextError> {
    text.parse::<Username>().map(|name| name.folded())
}

fn read_moment(text: &str) -> Result<String, TextError> {
    let moment = text.parse::<Timestamp>().map_err(TextError::format)?;
    Ok(moment.to_string())
}

fn read_claim_name(text: &str) -> Result<String, TextError> {
    ClaimName::from_chosen(text).map(|name| name.to_string())
}

fn read_client_id(text: &str) -> Result<String, TextError> {
    ClientId::from_chosen(text).map(|id| id.to_string())
}

fn read_pattern(text: &str) -> Result<String, TextError> {
    let pattern = text.parse::<RedirectUriPattern>();
    let pattern = pattern.map_err(|error| TextError::format(error.to_string()))?;
    Ok(pattern.as_str().to_owned())
}

fn read_url(text: &str) -> Result<String, TextError> {
    if is_web_address(text) {
        Ok(text.to_owned())
    } else {
        Err(TextError::format("must be an address such as https://app.example.com"))
    }
}

fn read_webhook_url(text: &str) -> Result<String, TextError> {
    text.parse::<WebhookUrl>().map(|url| url.as_str().to_owned())
}

fn read_header(text: &str) -> Result<String, TextError> {
    text.parse::<IdentityHeader>().map(|header| header.as_str().to_owned())
}

fn read_open_path(text: &str) -> Result<String, TextError> {
    text.parse::<OpenPath>().map(|path| path.as_str().to_owned())
}

fn read_event(text: &str) -> Result<String, TextError> {
    let kind = EventKind::parse(text);
    let kind =
        kind.ok_or_else(|| TextError::format("must be a kind of events, such as SIGN_IN"))?;
    Ok(kind.as_str().to_owned())
}

fn read_line(text: &str) -> Result<String, TextError> {
    bounded(text, 1, 1_000)
}

fn read_locale(text: &str) -> Result<String, TextError> {
    language_tag::parse(text)
}

/// Drops the JWK members that are not used here, as the database does.
fn read_jwks(value: &Value) -> Result<Value, &'static str> {
    parse_jwks(value).map(|set| serde_json::to_value(set).unwrap_or_default())
}
