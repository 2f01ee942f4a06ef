//! Client ID metadata documents, which a client publishes at the URL that is its id
//! (draft-ietf-oauth-client-id-metadata-document; Pocket ID 2.14).

use serde::{Deserialize, de::IgnoredAny};

use super::registration;
use crate::model::{
    ApplicationType, Client, ClientId, ClientType, GrantType, Timestamp,
    look_alike::is_invisible,
    redirect_uri::{RedirectUri, RedirectUriPattern},
};

/// Maximum length of a document in bytes.
pub const MAX_DOCUMENT: usize = 5 * 1_024;

/// Maximum number of redirect URIs of one kind.
const MAX_URIS: usize = 32;

/// Lifetime of a document in seconds, if the response has no `max-age`.
const DEFAULT_LIFETIME: u64 = 3_600;
/// Minimum lifetime in seconds. One sign-in reads its client several times.
const MIN_LIFETIME: u64 = 60;
/// Maximum lifetime in seconds: one day.
const MAX_LIFETIME: u64 = 86_400;

/// Why a document is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataFault {
    /// `client_id` is not the URL of the document, or the client has no usable name.
    #[error("client_id is not the address of the document")]
    ClientId,
    /// It is not JSON, or a field has the wrong type.
    #[error("the document is not valid: {0}")]
    Malformed(String),
    /// It lists no grant type that can start an authorization.
    #[error("grant_types has neither authorization_code nor device_code")]
    GrantTypes,
    /// It requests client authentication, or contains a secret.
    #[error("token_endpoint_auth_method is not none, or there is a client secret")]
    Secret,
    /// A redirect URI does not satisfy the rules of registered ones.
    #[error("a redirect URI is refused: {0}")]
    RedirectUri(String),
    /// It lists a response type other than `code`.
    #[error("response_types contains values other than code")]
    ResponseTypes,
    /// It is too long, or lists too many redirect URIs.
    #[error("the document is longer than {MAX_DOCUMENT} bytes, or lists too much")]
    TooLarge,
}

#[derive(Deserialize)]
struct Document {
    client_id: String,
    client_name: Option<String>,
    client_secret: Option<IgnoredAny>,
    client_secret_expires_at: Option<IgnoredAny>,
    token_endpoint_auth_method: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    #[serde(default)]
    dpop_bound_access_tokens: bool,
}

/// Converts a document to a client: public, with PKCE, and without any privilege.
pub fn read(id: &ClientId, body: &[u8], now: Timestamp) -> Result<Client, MetadataFault> {
    if body.len() > MAX_DOCUMENT {
        return Err(MetadataFault::TooLarge);
    }
    let document: Document = serde_json::from_slice(body)
        .map_err(|error| MetadataFault::Malformed(error.to_string()))?;
    if document.client_id != id.as_str() {
        return Err(MetadataFault::ClientId);
    }
    check_authentication(&document)?;
    if document.response_types.iter().flatten().any(|response_type| response_type != "code") {
        return Err(MetadataFault::ResponseTypes);
    }
    let name = document.client_name.as_deref().filter(|name| !name.contains(is_invisible));
    let name = name.and_then(|name| name.parse().ok());
    let name = name.or_else(|| Client::name_of_host(id)).ok_or(MetadataFault::ClientId)?;
    let mut client = Client::new(id.clone(), name, ClientType::Public, now);
    client.requires_pkce = true;
    client.requires_dpop = document.dpop_bound_access_tokens;
    client.grant_types = Some(grant_types(document.grant_types)?);
    client.redirect_uris = patterns(&document.redirect_uris, str::parse)?;
    client.post_logout_redirect_uris =
        patterns(&document.post_logout_redirect_uris, RedirectUri::parse_post_logout)?;
    Ok(client)
}

/// Lifetime of a document in seconds, given the `max-age` of the response (RFC 9111 §5.2.2.1).
pub fn lifetime(max_age: Option<u64>) -> i64 {
    let seconds = max_age.unwrap_or(DEFAULT_LIFETIME).clamp(MIN_LIFETIME, MAX_LIFETIME);
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

/// Refuses client authentication, since there is no way to agree on a secret.
fn check_authentication(document: &Document) -> Result<(), MetadataFault> {
    let has_secret =
        document.client_secret.is_some() || document.client_secret_expires_at.is_some();
    // A missing method would mean client_secret_basic (RFC 7591 §2).
    let is_public = document.token_endpoint_auth_method.as_deref() == Some("none");
    (is_public && !has_secret).then_some(()).ok_or(MetadataFault::Secret)
}

/// The supported grant types among those listed; `authorization_code` when the list is missing (RFC
/// 7591 §2).
fn grant_types(listed: Option<Vec<String>>) -> Result<Vec<GrantType>, MetadataFault> {
    let Some(listed) = listed else { return Ok(vec![GrantType::AuthorizationCode]) };
    let is_listed = |known: &GrantType| {
        !known.is_of_administrators() && listed.iter().any(|listed| listed == known.as_str())
    };
    let known: Vec<_> = GrantType::ALL.into_iter().filter(is_listed).collect();
    let begins = [GrantType::AuthorizationCode, GrantType::DeviceCode];
    if known.iter().any(|known| begins.contains(known)) {
        Ok(known)
    } else {
        Err(MetadataFault::GrantTypes)
    }
}

/// Applies the rules for clients that register themselves.
fn patterns<E: std::fmt::Display>(
    uris: &[String],
    check: impl Fn(&str) -> Result<RedirectUri, E>,
) -> Result<Vec<RedirectUriPattern>, MetadataFault> {
    if uris.len() > MAX_URIS {
        return Err(MetadataFault::TooLarge);
    }
    // A document has no application_type. Its program may be on a server or on the user's machine.
    let pattern = |uri: &String| {
        let checked = registration::pattern(uri, ApplicationType::Native, &check);
        checked.map_err(|error| MetadataFault::RedirectUri(error.description))
    };
    uris.iter().map(pattern).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ID: &str = "https://app.example.com/client.json";

    fn read_with(change: impl FnOnce(&mut Value)) -> Result<Client, MetadataFault> {
        let mut document = json!({
            "client_id": ID,
            "client_name": "App",
            "redirect_uris": ["https://app.example.com/callback", "http://127.0.0.1/callback"],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token", "urn:example:other"],
            "jwks_uri": "https://app.example.com/jwks",
        });
        change(&mut document);
        let body = serde_json::to_vec(&document).unwrap();
        read(&ID.parse().unwrap(), &body, Timestamp::from_unix(0))
    }

    #[test]
    fn a_document_describes_a_public_client_with_pkce() {
        let client = read_with(|_| {}).unwrap();
        assert_eq!((client.id.as_str(), client.name.as_str()), (ID, "App"));
        assert_eq!(client.client_type, ClientType::Public);
        assert!(client.must_use_pkce() && !client.skips_consent);
        assert_eq!(client.redirect_uris.len(), 2);
        let grant_types = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
        assert_eq!(client.grant_types, Some(grant_types));
    }

    #[test]
    fn what_a_document_leaves_out_has_the_meaning_of_rfc_7591() {
        let client = read_with(|document| {
            document.as_object_mut().unwrap().remove("grant_types");
            document.as_object_mut().unwrap().remove("client_name");
        });
        let client = client.unwrap();
        assert_eq!(client.grant_types, Some(vec![GrantType::AuthorizationCode]));
        assert_eq!(client.name.as_str(), "app.example.com");
        let unreadable = read_with(|document| document["client_name"] = json!("a\u{202e}b"));
        assert_eq!(unreadable.unwrap().name.as_str(), "app.example.com");
        let invisible = read_with(|document| document["client_name"] = json!("Ban\u{200b}k"));
        assert_eq!(invisible.unwrap().name.as_str(), "app.example.com");
    }

    #[test]
    fn a_document_that_breaks_a_rule_is_refused() {
        let other = |fault: &MetadataFault| std::mem::discriminant(fault);
        let uri = MetadataFault::RedirectUri(String::new());
        let malformed = MetadataFault::Malformed(String::new());
        for (field, value, fault) in [
            ("client_id", json!("https://app.example.com/client.json/"), MetadataFault::ClientId),
            ("client_id", json!("https://APP.example.com/client.json"), MetadataFault::ClientId),
            ("client_id", json!(7), malformed.clone()),
            ("client_secret", json!("secret"), MetadataFault::Secret),
            ("client_secret_expires_at", json!(0), MetadataFault::Secret),
            ("token_endpoint_auth_method", json!(null), MetadataFault::Secret),
            ("token_endpoint_auth_method", json!("private_key_jwt"), MetadataFault::Secret),
            ("grant_types", json!(["client_credentials"]), MetadataFault::GrantTypes),
            ("grant_types", json!(["refresh_token"]), MetadataFault::GrantTypes),
            ("grant_types", json!([]), MetadataFault::GrantTypes),
            ("response_types", json!(["code", "token"]), MetadataFault::ResponseTypes),
            ("redirect_uris", json!("https://app.example.com/cb"), malformed),
            ("redirect_uris", json!(["*"]), uri.clone()),
            ("redirect_uris", json!(["https://*.example.com/cb"]), uri.clone()),
            ("redirect_uris", json!(["/cb"]), uri.clone()),
            ("redirect_uris", json!(["javascript:alert(1)"]), uri.clone()),
            ("redirect_uris", json!(["intent://x#Intent;end"]), uri.clone()),
            ("redirect_uris", json!(["intent://x"]), uri.clone()),
            ("redirect_uris", json!(["ms-word:ofe|u|https://a.example/x"]), uri.clone()),
            ("redirect_uris", json!(["https://user@app.example.com/cb"]), uri.clone()),
            ("redirect_uris", json!(["http://app.example.com/cb"]), uri.clone()),
            ("redirect_uris", json!(["data:text/html,x"]), uri.clone()),
            ("redirect_uris", json!(["https://app.example.com/cb#x"]), uri.clone()),
            ("post_logout_redirect_uris", json!(["https://app.example.com/*"]), uri),
            ("redirect_uris", json!(vec!["https://a.example/cb"; 40]), MetadataFault::TooLarge),
            ("contacts", json!("x".repeat(6_000)), MetadataFault::TooLarge),
        ] {
            let refused = read_with(|document| document[field] = value.clone()).unwrap_err();
            assert_eq!(other(&refused), other(&fault), "{field}: {value}: {refused}");
        }
        for body in ["", "null", "[]", "{}", r#"{"client_id": "#] {
            assert!(read(&ID.parse().unwrap(), body.as_bytes(), Timestamp::from_unix(0)).is_err());
        }
    }

    #[test]
    fn a_document_is_kept_for_a_minute_to_a_day() {
        assert_eq!(lifetime(None), 3_600);
        assert_eq!(lifetime(Some(0)), 60);
        assert_eq!(lifetime(Some(600)), 600);
        assert_eq!(lifetime(Some(u64::MAX)), 86_400);
    }
}
