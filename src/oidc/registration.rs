//! Metadata with which a client registers itself (RFC 7591 §2, OIDC Dynamic Client Registration §2).

use serde::Deserialize;
use serde_json::Value;
use url::{Host, Url};

use super::{OAuthError, OAuthErrorCode};
use crate::{
    crypto::{Algorithm, JwkSet},
    model::{
        ApplicationType, AuthMethod, ClientName, GrantType, RegisteredMetadata,
        look_alike::is_invisible,
        parse_jwks,
        redirect_uri::{RedirectUri, RedirectUriPattern},
    },
};

/// The most redirect URIs of one kind.
const MAX_URIS: usize = 10;
/// The longest redirect URI, in bytes.
const MAX_URI: usize = 1_024;
/// The most keys.
const MAX_KEYS: usize = 5;
/// The longest scope, in bytes.
const MAX_SCOPE: usize = 1_024;
/// The longest name, in characters; of a longer one this much is kept.
const MAX_NAME: usize = 50;

/// Schemes of addresses that open something else than an application's own window, besides those that
/// no client may have.
const FOREIGN_SCHEMES: [&str; 18] = [
    "ftp", "git", "gopher", "intent", "ldap", "ldaps", "mailto", "nfs", "sftp", "shell", "sip",
    "smb", "sms", "ssh", "tel", "telnet", "ws", "wss",
];

/// The metadata as a client sends it. Members that are not here are ignored (RFC 7591 §2).
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ClientMetadata"))]
#[serde(default)]
pub struct ClientMetadata {
    /// Only in an update: the id of the client.
    pub client_id: Option<String>,
    /// Only in an update: its secret, if it has one.
    pub client_secret: Option<String>,
    client_name: Option<String>,
    redirect_uris: Option<Vec<String>>,
    post_logout_redirect_uris: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    application_type: Option<String>,
    scope: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<JwkSet>"))]
    jwks: Option<Value>,
    jwks_uri: Option<String>,
    id_token_signed_response_alg: Option<String>,
    require_pushed_authorization_requests: Option<bool>,
    dpop_bound_access_tokens: Option<bool>,
    tls_client_certificate_bound_access_tokens: Option<bool>,
}

/// Reads the body of a registration. A list is no metadata, though it could be read as their values.
pub fn parse(body: &[u8]) -> Result<ClientMetadata, OAuthError> {
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(invalid("The body is not a JSON object."));
    }
    serde_json::from_slice(body).map_err(|error| OAuthError {
        detail: error.to_string(),
        ..invalid("The body is not valid JSON, or a member has the wrong type or comes twice.")
    })
}

/// Checks metadata.
pub fn check(metadata: &ClientMetadata) -> Result<RegisteredMetadata, OAuthError> {
    let auth_method = auth_method(metadata)?;
    let grant_types = grant_types(metadata.grant_types.as_deref(), auth_method)?;
    let responses = metadata.response_types.as_deref().unwrap_or_default();
    if responses.iter().any(|response_type| response_type != "code") {
        return Err(invalid("The only supported response type is code."));
    }
    let uris = metadata.redirect_uris.as_deref().unwrap_or_default();
    if uris.is_empty() && grant_types.contains(&GrantType::AuthorizationCode) {
        return Err(invalid_uri("A redirect URI is missing."));
    }
    let application_type = application_type(metadata.application_type.as_deref(), uris)?;
    let post_logout = metadata.post_logout_redirect_uris.as_deref().unwrap_or_default();
    let redirect_uris = patterns(uris, application_type, str::parse)?;
    Ok(RegisteredMetadata {
        name: name(metadata.client_name.as_deref(), uris)?,
        post_logout_redirect_uris: patterns(
            post_logout,
            application_type,
            RedirectUri::parse_post_logout,
        )?,
        redirect_uris,
        grant_types,
        application_type,
        scope: metadata.scope.as_deref().map(scope).transpose()?,
        jwks: jwks(metadata, auth_method)?,
        auth_method,
        id_token_signed_response_alg: algorithm(metadata)?,
        requires_pushed_authorization_requests: metadata
            .require_pushed_authorization_requests
            .unwrap_or_default(),
        requires_dpop: metadata.dpop_bound_access_tokens.unwrap_or_default(),
        requires_mtls: metadata.tls_client_certificate_bound_access_tokens.unwrap_or_default(),
    })
}

/// Refuses a client that wants its tokens bound to TLS certificates where none are taken: it could get no
/// token. Discovery does not promise it either.
pub fn check_mutual_tls(
    metadata: &RegisteredMetadata,
    takes_certificates: bool,
) -> Result<(), OAuthError> {
    if metadata.requires_mtls && !takes_certificates {
        return Err(invalid("tls_client_certificate_bound_access_tokens is not supported here."));
    }
    Ok(())
}

/// RFC 7591 §2: a client that names no method has a secret.
fn auth_method(metadata: &ClientMetadata) -> Result<AuthMethod, OAuthError> {
    let Some(text) = &metadata.token_endpoint_auth_method else {
        return Ok(AuthMethod::ClientSecretBasic);
    };
    AuthMethod::parse(text)
        .ok_or_else(|| invalid("The token_endpoint_auth_method is not supported."))
}

/// RFC 7591 §2. A client that acts for itself, or exchanges tokens, is registered by an
/// administrator.
fn grant_types(
    asked: Option<&[String]>,
    auth_method: AuthMethod,
) -> Result<Vec<GrantType>, OAuthError> {
    let Some(asked) = asked else { return Ok(vec![GrantType::AuthorizationCode]) };
    let is_known =
        |text: &String| GrantType::parse(text).is_some_and(|known| !known.is_of_administrators());
    if !asked.iter().all(is_known) {
        return Err(invalid(
            "grant_types may have authorization_code, refresh_token and \
             urn:ietf:params:oauth:grant-type:device_code.",
        ));
    }
    let is_asked = |known: &GrantType| asked.iter().any(|text| text == known.as_str());
    let asked: Vec<_> = GrantType::ALL.into_iter().filter(is_asked).collect();
    let has = |grant_type| asked.contains(&grant_type);
    if !has(GrantType::AuthorizationCode) && !has(GrantType::DeviceCode) {
        return Err(invalid("grant_types has neither authorization_code nor device_code."));
    }
    // A confidential client without a redirect URI takes that of its first sign-in.
    if !has(GrantType::AuthorizationCode) && auth_method != AuthMethod::None {
        return Err(invalid("A client for devices alone has the token_endpoint_auth_method none."));
    }
    Ok(asked)
}

/// The kind of application. Many that run on the user's machine do not say so: their redirect URIs do.
fn application_type(asked: Option<&str>, uris: &[String]) -> Result<ApplicationType, OAuthError> {
    if let Some(text) = asked {
        let known = ApplicationType::parse(text);
        return known.ok_or_else(|| invalid("The application_type is neither web nor native."));
    }
    let is_web =
        |uri: &String| uri.len() >= 6 && uri.as_bytes()[..6].eq_ignore_ascii_case(b"https:");
    Ok(if uris.iter().all(is_web) { ApplicationType::Web } else { ApplicationType::Native })
}

fn patterns<E: std::fmt::Display>(
    uris: &[String],
    application_type: ApplicationType,
    parse: impl Fn(&str) -> Result<RedirectUri, E>,
) -> Result<Vec<RedirectUriPattern>, OAuthError> {
    if uris.len() > MAX_URIS {
        return Err(invalid_uri(format!("There are more than {MAX_URIS} redirect URIs.")));
    }
    uris.iter().map(|uri| pattern(uri, application_type, &parse)).collect()
}

/// Checks an address to which a client that describes itself has answers or people sent.
pub(super) fn pattern<E: std::fmt::Display>(
    uri: &str,
    application_type: ApplicationType,
    parse: impl Fn(&str) -> Result<RedirectUri, E>,
) -> Result<RedirectUriPattern, OAuthError> {
    if uri.len() > MAX_URI {
        return Err(invalid_uri(format!("A redirect URI is longer than {MAX_URI} bytes.")));
    }
    parse(uri).map_err(|fault| invalid_uri(format!("Refused: the {fault}.")))?;
    fits(uri, application_type)?;
    let pattern: RedirectUriPattern =
        uri.parse().map_err(|_| invalid_uri("A redirect URI is malformed."))?;
    if pattern.has_wildcard() {
        return Err(invalid_uri("A redirect URI has a wildcard."));
    }
    Ok(pattern)
}

/// OIDC Dynamic Client Registration §2, `application_type`; RFC 8252 §7: applications on the user's machine
/// have addresses of that machine, schemes of their own, and addresses of the web that they claimed.
fn fits(uri: &str, application_type: ApplicationType) -> Result<(), OAuthError> {
    let url = Url::parse(uri).map_err(|_| invalid_uri("A redirect URI is malformed."))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid_uri("A redirect URI has a username or a password."));
    }
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
        None => false,
    };
    match (application_type, url.scheme()) {
        (ApplicationType::Web, "https") if !is_here => Ok(()),
        (ApplicationType::Web, _) => {
            Err(invalid_uri("A web application has https addresses of its server."))
        }
        (ApplicationType::Native, "https") => Ok(()),
        (ApplicationType::Native, "http") if is_here => Ok(()),
        (ApplicationType::Native, "http") => {
            Err(invalid_uri("An http address of a native application is a loopback address."))
        }
        (ApplicationType::Native, scheme)
            if FOREIGN_SCHEMES.contains(&scheme) || scheme.starts_with("ms-") =>
        {
            Err(invalid_uri("A redirect URI has the scheme of another program."))
        }
        (ApplicationType::Native, _) => Ok(()),
    }
}

/// The name that people are shown; the host of the first address when there is none.
fn name(asked: Option<&str>, uris: &[String]) -> Result<ClientName, OAuthError> {
    let host = || {
        let url = uris.first().and_then(|uri| Url::parse(uri).ok())?;
        url.host_str().map(str::to_owned)
    };
    let text = asked.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    let text = text.or_else(host).unwrap_or_else(|| "Unnamed".to_owned());
    if text.contains(is_invisible) {
        return Err(invalid("The client_name has invisible characters."));
    }
    let short: String = text.chars().take(MAX_NAME).collect();
    short.parse().map_err(|error| invalid(format!("The client_name {error}.")))
}

/// A client that registered itself learns nothing of the user's groups.
fn scope(asked: &str) -> Result<String, OAuthError> {
    if asked.len() > MAX_SCOPE {
        return Err(invalid(format!("The scope is longer than {MAX_SCOPE} bytes.")));
    }
    let is_token = |byte: u8| byte == b' ' || (byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
    if !asked.bytes().all(is_token) {
        return Err(invalid("The scope is malformed."));
    }
    let words = asked.split(' ').filter(|word| !word.is_empty() && *word != "groups");
    Ok(words.collect::<Vec<_>>().join(" "))
}

fn jwks(metadata: &ClientMetadata, method: AuthMethod) -> Result<Option<JwkSet>, OAuthError> {
    if metadata.jwks_uri.is_some() {
        return Err(invalid("jwks_uri is not supported. Send the keys in jwks."));
    }
    match (&metadata.jwks, method) {
        (None, AuthMethod::PrivateKeyJwt) => Err(invalid("private_key_jwt needs jwks.")),
        (Some(json), AuthMethod::PrivateKeyJwt) => {
            let set = parse_jwks(json).map_err(|fault| invalid(format!("The jwks {fault}.")))?;
            match set.keys.len() {
                0..=MAX_KEYS => Ok(Some(set)),
                _ => Err(invalid(format!("The jwks has more than {MAX_KEYS} keys."))),
            }
        }
        (Some(_), _) => Err(invalid("jwks is for clients with private_key_jwt.")),
        (None, _) => Ok(None),
    }
}

fn algorithm(metadata: &ClientMetadata) -> Result<Algorithm, OAuthError> {
    let Some(text) = &metadata.id_token_signed_response_alg else { return Ok(Algorithm::Rs256) };
    Algorithm::parse(text)
        .ok_or_else(|| invalid("The id_token_signed_response_alg is not supported."))
}

fn invalid(description: impl Into<String>) -> OAuthError {
    OAuthError::explained(OAuthErrorCode::InvalidClientMetadata, description)
}

fn invalid_uri(description: impl Into<String>) -> OAuthError {
    OAuthError::explained(OAuthErrorCode::InvalidRedirectUri, description)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(metadata: &Value) -> Result<RegisteredMetadata, OAuthError> {
        check(&parse(metadata.to_string().as_bytes())?)
    }

    fn with(change: impl FnOnce(&mut Value)) -> Result<RegisteredMetadata, OAuthError> {
        let mut metadata = json!({
            "client_name": "Agent",
            "redirect_uris": ["http://127.0.0.1:33418/callback"],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
        });
        change(&mut metadata);
        checked(&metadata)
    }

    #[test]
    fn what_is_left_out_has_the_meaning_of_rfc_7591() {
        let read = checked(&json!({"redirect_uris": ["https://app.example.com/cb"]})).unwrap();
        assert_eq!(read.auth_method, AuthMethod::ClientSecretBasic);
        assert_eq!(read.grant_types, [GrantType::AuthorizationCode]);
        assert_eq!(read.application_type, ApplicationType::Web);
        assert_eq!(read.name.as_str(), "app.example.com");
        assert_eq!((read.scope, read.jwks), (None, None));
    }

    #[test]
    fn unknown_members_are_ignored_and_groups_are_not_for_them() {
        let read = with(|metadata| {
            metadata["software_statement"] = json!({"any": ["thing"]});
            metadata["logo_uri"] = json!("javascript:alert(1)");
            metadata["scope"] = json!("openid  groups mcp:tools");
            metadata["client_name"] = json!("x".repeat(80));
        });
        let read = read.unwrap();
        assert_eq!(read.scope.as_deref(), Some("openid mcp:tools"));
        assert_eq!(read.name.as_str(), "x".repeat(50));
        assert_eq!(read.application_type, ApplicationType::Native, "its redirect URI says so");
    }

    /// OIDC Dynamic Client Registration §2, RFC 8252 §7.
    #[test]
    fn the_application_type_decides_the_redirect_uris() {
        let fits = |kind: &str, uri: &str| {
            let read = with(|metadata| {
                metadata["application_type"] = json!(kind);
                metadata["redirect_uris"] = json!([uri]);
            });
            read.is_ok()
        };
        for (uri, native, web) in [
            ("https://app.example.com/cb", true, true),
            ("http://127.0.0.1/cb", true, false),
            ("http://[::1]:8080/cb", true, false),
            ("http://localhost:8080/cb", true, false),
            ("https://localhost/cb", true, false),
            ("https://127.0.0.1/cb", true, false),
            ("http://app.example.com/cb", false, false),
            ("http://192.168.1.2/cb", false, false),
            ("http://localhost.example.com/cb", false, false),
            ("com.example.app:/cb", true, false),
            ("cursor://anysphere/cb", true, false),
        ] {
            assert_eq!((fits("native", uri), fits("web", uri)), (native, web), "{uri}");
        }
    }

    /// Redirect URIs that no client may register (RFC 7591 §5, RFC 9700 §4.1).
    const HOSTILE_URIS: [&str; 27] = [
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://a.example/x",
        "view-source:https://a.example",
        "about:blank",
        "intent://a#Intent;end",
        "intent://a/cb",
        "mailto:a@example.com",
        "ms-word:ofe|u|https://a.example",
        "ssh://a.example",
        "https://a.example/cb#fragment",
        "https://*.example.com/cb",
        "https://a.example/*",
        "*",
        "/cb",
        "",
        "https://",
        "https:///evil.example/cb",
        "https://trusted.example@evil.example/cb",
        "https://a.example\\@evil.example/cb",
        "https://a.example/\u{0}",
        "https://a.example/cb\nSet-Cookie: a=b",
        "http://evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "JavaScript:alert(1)",
    ];

    #[test]
    fn hostile_redirect_uris_are_refused() {
        let refused = |value: Value| {
            let error = with(|metadata| metadata["redirect_uris"] = value.clone()).unwrap_err();
            assert_eq!(error.code, OAuthErrorCode::InvalidRedirectUri, "{value}: {error}");
            assert!(error.description.len() < 200 && error.detail.len() < 500, "{value}");
        };
        for uri in HOSTILE_URIS {
            refused(json!([uri]));
            refused(json!(["http://127.0.0.1/callback", uri]));
        }
        refused(json!([format!("https://a.example/{}", "a".repeat(1_024))]));
        refused(json!(vec!["https://a.example/cb"; 11]));
        refused(json!([]));
        refused(json!(null));
        for uris in [json!(["javascript:alert(1)"]), json!(["https://a.example/*"])] {
            assert!(with(|metadata| metadata["post_logout_redirect_uris"] = uris).is_err());
        }
    }

    /// Each of these is refused, with the code that RFC 7591 §3.2.2 has for it.
    #[test]
    fn hostile_metadata_are_refused() {
        let key = json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"});
        for (member, value) in [
            ("redirect_uris", json!("https://a.example/cb")),
            ("redirect_uris", json!([1])),
            ("application_type", json!("server")),
            ("client_name", json!("Pocket\u{200b}ID")),
            ("client_name", json!("Pocket\u{202e}DI")),
            ("client_name", json!("a\u{1b}[31m")),
            ("client_name", json!(["Agent"])),
            ("grant_types", json!([])),
            ("grant_types", json!(["refresh_token"])),
            ("grant_types", json!(["implicit"])),
            ("grant_types", json!(["password", "authorization_code"])),
            ("grant_types", json!(["client_credentials"])),
            ("response_types", json!(["code", "token"])),
            ("response_types", json!(["id_token"])),
            ("token_endpoint_auth_method", json!("tls_client_auth")),
            ("token_endpoint_auth_method", json!("client_secret_jwt")),
            ("token_endpoint_auth_method", json!("private_key_jwt")),
            ("jwks", json!({"keys": [key]})),
            ("jwks_uri", json!("http://169.254.169.254/keys")),
            ("id_token_signed_response_alg", json!("none")),
            ("id_token_signed_response_alg", json!("HS256")),
            ("scope", json!("a".repeat(1_025))),
            ("scope", json!("open\"id")),
            ("require_pushed_authorization_requests", json!("yes")),
            ("dpop_bound_access_tokens", json!("yes")),
            ("tls_client_certificate_bound_access_tokens", json!("yes")),
        ] {
            let error = with(|metadata| metadata[member] = value.clone()).unwrap_err();
            let expected = OAuthErrorCode::InvalidClientMetadata;
            assert_eq!(error.code, expected, "{member}: {value}: {error}");
            assert!(error.description.len() < 200 && error.detail.len() < 500, "{member}");
        }
        let devices_with_a_secret = with(|metadata| {
            metadata["grant_types"] = json!(["urn:ietf:params:oauth:grant-type:device_code"]);
            metadata["token_endpoint_auth_method"] = json!("client_secret_basic");
            metadata["redirect_uris"] = json!([]);
        });
        assert!(devices_with_a_secret.is_err(), "it would take the address of its first sign-in");
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let deep = format!("{{\"jwks\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        for body in [
            "",
            "null",
            "[]",
            "[null,null,null,[\"https://a.example/cb\"]]",
            "\"x\"",
            "{",
            "{}x",
            "{\"client_name\":\"a\",\"client_name\":\"b\"}",
            &deep,
        ] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
        assert!(check(&parse(b"{}").unwrap()).is_err(), "it has no redirect URI");
    }
}
