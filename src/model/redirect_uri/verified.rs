//! Verified redirect URIs.

use form_urlencoded::Serializer;

use super::{
    pattern::RedirectUriPattern,
    query::decode,
    uri::{RedirectUri, RedirectUriError},
};

/// A redirect URI that the client has registered. Only this type allows a redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRedirect(RedirectUri);

impl VerifiedRedirect {
    /// Verifies `uri` against the registered patterns. Without any patterns it is rejected.
    pub fn verify(
        uri: RedirectUri,
        registered: &[RedirectUriPattern],
    ) -> Result<Self, RedirectUriError> {
        if registered.iter().any(|pattern| pattern.matches(&uri)) {
            Ok(Self(uri))
        } else {
            Err(RedirectUriError::NotRegistered)
        }
    }

    /// Accepts the URI of a client without registered URLs: its first completed sign-in registers
    /// it. Until then the caller shows errors on a page, and redirects only users who have seen the
    /// destination. The URI must be a plain web address, because its scheme and user info were not
    /// registered. A URI that would be a pattern once registered is rejected.
    pub fn first_use(uri: RedirectUri) -> Result<Self, RedirectUriError> {
        match uri.as_str().parse::<RedirectUriPattern>() {
            Ok(pattern) if !pattern.has_wildcard() && uri.is_plain_web_address() => Ok(Self(uri)),
            _ => Err(RedirectUriError::NotRegistered),
        }
    }

    /// The URI as the client sent it, for later comparison and for forms.
    ///
    /// For a `Location` header, use [`Self::with_query`] or [`Self::with_fragment`].
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The destination, to show to the user.
    pub fn destination(&self) -> String {
        self.0.destination()
    }

    /// Returns the source expressions that allow it in a `form-action` directive.
    pub fn form_action_sources(&self) -> String {
        self.0.form_action_sources()
    }

    /// Returns the URI with `params` added to its query, for a `Location` header.
    ///
    /// RFC 6749 §3.1.2: the existing query "MUST be retained". Parameters with the same name are
    /// removed, because they "MUST NOT be included more than once" (§3.1): the first `code` that
    /// the client finds must be ours.
    pub fn with_query(&self, params: &[(&str, &str)]) -> String {
        if params.is_empty() {
            return to_ascii(self.as_str());
        }
        let (base, fragment) = split_before(self.as_str(), '#');
        let (base, query) = split_before(base, '?');
        let is_ours = |pair: &str| {
            let key = decode(pair.split('=').next().unwrap_or_default());
            params.iter().any(|(name, _)| *name == key)
        };
        let added = form_encoded(params);
        let kept = query.trim_start_matches('?').split('&');
        let pairs: Vec<&str> = kept
            .filter(|pair| !pair.is_empty() && !is_ours(pair))
            .chain(std::iter::once(added.as_str()))
            .collect();
        to_ascii(&format!("{base}?{}{fragment}", pairs.join("&")))
    }

    /// Returns the URI with `params` as its fragment, for a `Location` header (OAuth 2.0 Multiple
    /// Response Type Encoding Practices §2.1).
    pub fn with_fragment(&self, params: &[(&str, &str)]) -> String {
        let (base, _) = split_before(self.as_str(), '#');
        to_ascii(&format!("{base}#{}", form_encoded(params)))
    }
}

/// Splits before the first `delimiter`.
fn split_before(text: &str, delimiter: char) -> (&str, &str) {
    text.split_at(text.find(delimiter).unwrap_or(text.len()))
}

/// Encodes as form data, but with `%20` for a space: many native applications do not decode `+`.
fn form_encoded(params: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(params).finish().replace('+', "%20")
}

/// Percent-encodes characters that headers cannot contain. Browsers read the same host and path
/// from both forms.
fn to_ascii(uri: &str) -> String {
    uri.bytes().fold(String::with_capacity(uri.len()), |mut ascii, byte| {
        if byte.is_ascii() {
            ascii.push(char::from(byte));
        } else {
            ascii.push_str(&format!("%{byte:02X}"));
        }
        ascii
    })
}
