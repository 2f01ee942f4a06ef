//! Why a callback URL is refused.

use super::MAX_LEN;

/// Why a callback URL is invalid. The message is for the user who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriPatternError {
    #[error("it contains a backslash; separate the parts with `/`, as in {EXAMPLE}")]
    Backslash,
    #[error("it contains white space or a control character; write `%20` for a space")]
    ForbiddenCharacter,
    #[error(
        "`{0}` is not a host name; write it as in {EXAMPLE}, or `https://*.example.com/callback` \
         for every subdomain"
    )]
    Host(String),
    #[error("it is not a valid URL; write it as in {EXAMPLE}")]
    Malformed,
    #[error("it has no host; write `//` and the host after the scheme, as in {EXAMPLE}")]
    NoHost,
    #[error("it does not start with a scheme; write the whole address, as in {EXAMPLE}")]
    NoScheme,
    #[error(
        "`{0}` is not a port; write a number up to 65535, or `*` for any port, as in \
         `https://app.example.com:8443/callback`"
    )]
    Port(String),
    #[error("a `{0}:` URL runs or reads something in the browser; use one as in {EXAMPLE}")]
    RefusedScheme(String),
    #[error("it is longer than {MAX_LEN} bytes; register a shorter one, such as {EXAMPLE}")]
    TooLong,
}

const EXAMPLE: &str = "`https://app.example.com/callback`";
