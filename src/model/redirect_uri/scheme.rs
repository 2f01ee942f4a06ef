//! Schemes of callback URL patterns.

use super::glob::Glob;

/// The schemes that a wildcard matches. Others may start a program or a browser feature that
/// interprets the address: `feed:javascript:`, `jar:`, `chrome:`, `ms-msdt:`.
const TAKEN_BY_WILDCARD: [&str; 2] = ["http", "https"];

/// The scheme of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SchemeGlob {
    glob: Glob,
    /// Whether the scheme names its application, as `com.example.*` does (RFC 8252 §7.1).
    names_owner: bool,
}

impl SchemeGlob {
    /// Reads a scheme in lower case.
    pub(super) fn new(scheme: &str) -> Self {
        Self { glob: Glob::new(scheme), names_owner: scheme.contains('.') }
    }

    pub(super) fn has_wildcard(&self) -> bool {
        self.glob.has_wildcard()
    }

    pub(super) fn matches(&self, scheme: &str) -> bool {
        let is_allowed = !self.has_wildcard() || self.names_owner || is_web(scheme);
        is_allowed && self.glob.matches(scheme)
    }
}

/// Whether a scheme is `http` or `https`.
pub(super) fn is_web(scheme: &str) -> bool {
    TAKEN_BY_WILDCARD.contains(&scheme)
}
