//! Why a directory could not be read.

use std::time::Duration;

/// The longest text of a server that is shown, in characters.
const LONGEST_TEXT: usize = 200;

/// Why a directory could not be read. Texts of the server have no control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LdapFault {
    /// The address is not one of LDAP.
    #[error("the address is not like ldap://HOST or ldaps://HOST")]
    Address,
    /// The server does not accept the name or the password.
    #[error("{host} does not accept the bind DN or the password: {text} ({code})")]
    Bind {
        /// The host.
        host: String,
        /// The result code (RFC 4511 §4.1.9).
        code: u32,
        /// The diagnostic message of the server.
        text: String,
    },
    /// The server has a certificate that this system does not trust.
    #[error("cannot trust {host}: {cause}")]
    Certificate {
        /// The host.
        host: String,
        /// The fault of the certificate.
        cause: String,
    },
    /// The server cannot be reached.
    #[error("cannot reach {host}: {cause}")]
    Connect {
        /// The host.
        host: String,
        /// The cause.
        cause: String,
    },
    /// The server ended the connection.
    #[error("{host} ended the connection: {text}")]
    Ended {
        /// The host.
        host: String,
        /// The message of the server.
        text: String,
    },
    /// A search filter is malformed.
    #[error("{filter} is not a search filter like (objectClass=person)")]
    Filter {
        /// The filter.
        filter: String,
    },
    /// The server did not answer in time.
    #[error("{host} did not answer within {} seconds", time.as_secs())]
    Late {
        /// The host.
        host: String,
        /// How long it had.
        time: Duration,
    },
    /// A bind DN without a password would be an anonymous bind (RFC 4513 §5.1.2).
    #[error("there is a bind DN, but no password for it")]
    NoPassword,
    /// The server refused a search.
    #[error("{host} refused to search {base}: {text} ({code})")]
    Search {
        /// The host.
        host: String,
        /// The base DN.
        base: String,
        /// The result code (RFC 4511 §4.1.9).
        code: u32,
        /// The diagnostic message of the server.
        text: String,
    },
    /// The server cut the answer off.
    #[error(
        "{host} returned only a part of {base}: it has a limit on the size or the time of searches"
    )]
    Cut {
        /// The host.
        host: String,
        /// The base DN.
        base: String,
    },
    /// The server does not encrypt the connection.
    #[error("{host} refused StartTLS: {text} ({code})")]
    StartTls {
        /// The host.
        host: String,
        /// The result code (RFC 4511 §4.1.9).
        code: u32,
        /// The diagnostic message of the server.
        text: String,
    },
    /// The connection failed, or the server sent something else than LDAP.
    #[error("cannot talk to {host}: {cause}")]
    Talk {
        /// The host.
        host: String,
        /// The cause.
        cause: String,
    },
    /// The server sent more than is taken.
    #[error("{host} sent more than {limit}; narrow the base DN or the search filter")]
    TooMuch {
        /// The host.
        host: String,
        /// The limit.
        limit: String,
    },
}

/// A text of a server as it is shown.
pub(super) fn said(text: &str) -> String {
    // Neither control characters nor those that turn the direction of text round.
    let is_shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    let text: String = text.chars().filter(is_shown).take(LONGEST_TEXT).collect();
    if text.trim().is_empty() { "it gives no reason".to_owned() } else { text }
}

/// The meaning of a result code (RFC 4511 Appendix A.2), with the message of the server.
pub(super) fn meaning(code: u32, text: &str) -> String {
    let meaning = match code {
        2 => "protocol error",
        7 => "authentication method not supported",
        8 => "stronger authentication required",
        10 => "it refers to another server",
        11 => "administrative limit exceeded",
        13 => "confidentiality required",
        32 => "no such object",
        34 => "invalid DN",
        48 => "inappropriate authentication",
        49 => "invalid credentials",
        50 => "insufficient access rights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwilling to perform",
        _ => return said(text),
    };
    match said(text) {
        said if text.trim().is_empty() || said.eq_ignore_ascii_case(meaning) => meaning.to_owned(),
        said => format!("{meaning}: {said}"),
    }
}
