//! Documents at well-known addresses (RFC 8615), beside those of OpenID Connect: where programs
//! find the issuer, the related origins, and the pages for passkeys and reports.

mod change_password;
mod passkey_endpoints;
mod related_origins;
mod routes;
mod security_txt;
mod web_finger;

pub(super) use routes::routes;

/// How long an answer may be cached. It depends on settings, which are read at the start.
const CACHE: &str = "public, max-age=3600";

/// The page where people look after their account and its passkeys.
const ACCOUNT: &str = "/settings/account";
