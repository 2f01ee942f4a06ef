//! The field registry of the configuration file: names, shapes and descriptions. The JSON schema
//! and the validation are both derived from it.

use std::{fmt, str::FromStr};

use serde_json::Value;

use super::shape::{Field, Shape};
use crate::model::{
    ApiId, ApiName, ClaimName, ClaimValue, ClientId, ClientName, DisplayName, EmailAddress,
    FriendlyName, GroupId, GroupName, PermissionDescription, PersonName, Resource, ScopeName,
    UserId, Username,
    custom_claim::MAX_CLAIMS,
    language_tag, parse_jwks,
    redirect_uri::RedirectUriPattern,
    text::{TextError, bounded, is_web_address},
};

/// The maximum number of members of a group, and of items in any other list.
const MANY: usize = 100_000;
const SOME: usize = 1_000;

const fn field(name: &'static str, shape: Shape, description: &'static str) -> Field {
    Field { name, shape, required: false, description }
}

const fn required(name: &'static str, shape: Shape, description: &'static str) -> Field {
    Field { name, shape, required: true, description }
}

pub const USER: &[Field] = &[
    required("username", Shape::Text(read::<Username>), "The name that the account is known by."),
    field(
        "id",
        Shape::Text(read_id::<UserId>),
        "The subject of its tokens; a new one unless given.",
    ),
    field(
        "email",
        Shape::Optional(&Shape::Text(read::<EmailAddress>)),
        "Where mail reaches its owner.",
    ),
    field(
        "emailVerified",
        Shape::Flag,
        "Whether that was proven. Unless given, it is as the setting emailsVerified says for a new \
         account and after a new email.",
    ),
    field("firstName", Shape::Text(read::<PersonName>), "Given name."),
    field("lastName", Shape::Text(read::<PersonName>), "Family name."),
    field("displayName", Shape::Text(read::<DisplayName>), "The name that people see."),
    field("isAdmin", Shape::Flag, "Whether they may administer."),
    field("disabled", Shape::Flag, "Whether they may not sign in."),
    field(
        "locale",
        Shape::Optional(&Shape::Text(read_locale)),
        "The language of the pages, such as en or zh-CN.",
    ),
    field("customClaims", CUSTOM_CLAIMS, "Claims of the user."),
];

pub const GROUP: &[Field] = &[
    required("name", Shape::Text(read::<GroupName>), "The name in the groups claim."),
    field("id", Shape::Text(read_id::<GroupId>), "Its id; a new one unless given."),
    field("friendlyName", Shape::Text(read::<FriendlyName>), "The name that people see."),
    field(
        "members",
        Shape::Set(&Shape::Text(read_member), MANY, None),
        "User names: these are in it, and nobody else.",
    ),
    field("customClaims", CUSTOM_CLAIMS, "Claims of all members."),
];

const CUSTOM_CLAIMS: Shape = Shape::Set(&Shape::Object(CUSTOM_CLAIM), MAX_CLAIMS, Some("key"));

pub const CUSTOM_CLAIM: &[Field] = &[
    required("key", Shape::Text(read_claim_name), "The name of the claim."),
    required("value", Shape::Text(read::<ClaimValue>), "Its value: JSON, or else a text."),
];

pub const CLIENT: &[Field] = &[
    required("id", Shape::Text(read_client_id), "The client ID."),
    field(
        "name",
        Shape::Text(read::<ClientName>),
        "The name that people see; needed for a new client.",
    ),
    field("isPublic", Shape::Flag, "Whether it can keep no secret."),
    field("callbackURLs", PATTERNS, "Where it may be redirected to."),
    field(
        "logoutCallbackURLs",
        PATTERNS,
        "Where people may be sent back to once they have signed out.",
    ),
    field(
        "backchannelLogoutUri",
        Shape::Optional(&Shape::Text(read_url)),
        "Where it is told that a session ended.",
    ),
    field("launchURL", Shape::Optional(&Shape::Text(read_url)), "Its front page."),
    field("pkceEnabled", Shape::Flag, "Whether PKCE is demanded."),
    field(
        "requiresPushedAuthorizationRequests",
        Shape::Flag,
        "Whether it must push its requests (RFC 9126).",
    ),
    field(
        "requiresReauthentication",
        Shape::Flag,
        "Whether every sign-in needs the passkey again.",
    ),
    field("skipConsent", Shape::Flag, "Whether people are not asked for consent."),
    field(
        "isGroupRestricted",
        Shape::Flag,
        "Whether only allowedUserGroups may use it; they say so themselves unless given.",
    ),
    field(
        "allowedUserGroups",
        Shape::Set(&Shape::Text(read::<GroupName>), SOME, None),
        "Names of groups: who may use it.",
    ),
    field(
        "idTokenSignedResponseAlg",
        Shape::Choice(&["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]),
        "What its ID tokens are signed with.",
    ),
    field("accessTokenDurationMinutes", MINUTES, "How long its access tokens live."),
    field(
        "refreshTokenDurationMinutes",
        MINUTES,
        "How long its refresh tokens live after each use.",
    ),
    field("jwks", Shape::Optional(&Shape::Json(read_jwks)), "Its public keys (private_key_jwt)."),
    field(
        "federatedIdentities",
        Shape::List(&Shape::Object(FEDERATED), SOME),
        "Issuers whose tokens stand for it.",
    ),
    field(
        "claims",
        Shape::Set(&Shape::Object(CLAIM_RULE), MAX_CLAIMS, Some("name")),
        "What it is told of users beside what its scopes say.",
    ),
    field(
        "secrets",
        Shape::Set(&Shape::ClientSecret, 20, Some("digest")),
        "Its secrets: these and no others.",
    ),
    field("logo", Shape::Optional(&Shape::Image), "Its logo."),
    field("darkLogo", Shape::Optional(&Shape::Image), "Its logo on a dark ground."),
];

const PATTERNS: Shape = Shape::List(&Shape::Text(read_pattern), SOME);
/// One minute to one year.
const MINUTES: Shape = Shape::Integer { min: 1, max: 365 * 24 * 60 };

const FEDERATED: &[Field] = &[
    required("issuer", Shape::Text(read_url), "The iss of the tokens."),
    field("subject", Shape::Text(read_line), "Their sub; the client ID unless given."),
    field("audience", Shape::Text(read_line), "Their aud; our issuer identifier unless given."),
    field("jwks", Shape::Text(read_url), "Where the keys of the issuer are."),
    field("replayProtection", Shape::Flag, "Whether each token is taken once only."),
];

const CLAIM_RULE: &[Field] = &[
    required("name", Shape::Text(read_claim_name), "The name of the claim."),
    field("value", Shape::Text(read::<ClaimValue>), "Its value; this or from."),
    field("from", Shape::Text(read_claim_name), "The claim of the user that it is taken from."),
    field(
        "scope",
        Shape::Text(read::<ScopeName>),
        "The scope that carries it; openid unless given.",
    ),
];

pub const API: &[Field] = &[
    required("resource", Shape::Text(read::<Resource>), "Its resource identifier (RFC 8707)."),
    field("id", Shape::Text(read_id::<ApiId>), "Its id; a new one unless given."),
    field("name", Shape::Text(read::<ApiName>), "The name that people see; needed for a new API."),
    field(
        "allowCimdClients",
        Shape::Flag,
        "Whether clients that nobody has registered may use it.",
    ),
    field(
        "permissions",
        Shape::Set(&Shape::Object(PERMISSION), SOME, Some("key")),
        "What it allows: these and nothing else.",
    ),
    field(
        "clients",
        Shape::Set(&Shape::Object(GRANT), MANY, Some("clientId")),
        "Which clients may use it: these and no others.",
    ),
];

const PERMISSION: &[Field] = &[
    required("key", Shape::Text(read::<ScopeName>), "The scope that stands for it."),
    required("name", Shape::Text(read::<ApiName>), "What people see."),
    field("description", Shape::Text(read::<PermissionDescription>), "What it allows."),
    field(
        "allowedForCimdClients",
        Shape::Flag,
        "Whether clients that nobody has registered may ask for it.",
    ),
];

const GRANT: &[Field] = &[
    required("clientId", Shape::Text(read_client_id), "The client ID."),
    required(
        "subjectType",
        Shape::Choice(&["client", "user"]),
        "On whose behalf: its own, or its user's.",
    ),
    field(
        "permissions",
        Shape::Set(&Shape::Text(read::<ScopeName>), SOME, None),
        "What it may ask for.",
    ),
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
