//! Client authentication (RFC 6749 §2.3, OIDC Core §9): the authorisation stage of the token
//! endpoint.

mod assertion;
mod certificate;
mod of_service;
mod refuse;
pub(super) mod slow_secret;

use assertion::Assertion;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use refuse::{refuse, wrong_secret};

use super::{
    client_metadata::is_current,
    http::{Authorised, Head, Request},
};
use crate::{
    crypto::{Digest, Secret, SecretHash},
    model::{Client, ClientId, ClientSecretId, ClientType},
    oidc::{OAuthError, Params},
    store::{StoreError, clients},
};

/// The maximum length of a secret that is hashed, in bytes.
const MAX_SECRET: usize = 1_024;

/// The client id and secret that a client sent.
#[derive(Debug)]
struct Credentials {
    client_id: ClientId,
    /// The possible readings of the one secret sent; empty if none was sent.
    secrets: Vec<Secret>,
}

impl Request<Params> {
    /// Requires an authenticated client.
    pub(super) async fn authenticate_client(
        self,
    ) -> Result<Authorised<Client, Params>, OAuthError> {
        let now = self.head.now;
        if let Some(assertion) = Assertion::read(self.body())? {
            // RFC 6749 §2.3 allows one method per request.
            if self.head.header("authorization").is_some()
                || self.body().value("client_secret").is_some()
            {
                return Err(OAuthError::invalid_request(
                    "The client used more than one authentication method; use only one.",
                ));
            }
            let client = assertion.authenticate(self.app_for_authorising(), now).await?;
            return Ok(self.authorised(client));
        }
        let credentials = read_credentials(&self.head, self.body())?;
        let id = credentials.client_id.clone();
        if !is_current(self.app_for_authorising(), &self.head, &id).await? {
            return Err(refuse("there is no such client"));
        }
        let found = self.app_for_authorising().store().read(move |tx| {
            let Some(client) = clients::find(tx, &id)? else { return Ok(None) };
            let secrets = clients::list_live_secrets(tx, &id, now)?;
            Ok::<_, StoreError>(Some((client, secrets)))
        });
        let (client, stored) = found.await?.ok_or_else(|| refuse("there is no such client"))?;
        if client.is_pending() {
            return Err(refuse("the client waits for an administrator"));
        }
        let presented = credentials.secrets;
        if client.keys.uses_certificates() {
            // A secret from before would be a way around the certificate.
            if !presented.is_empty() {
                return Err(refuse("the client proves who it is with certificates, not a secret"));
            }
            certificate::check(self.app_for_authorising(), &self.head, &client)?;
            return Ok(self.authorised(client));
        }
        // FAPI 2.0 §5.3.2.1: assertions and certificates prove who such a client is.
        if client.security_profile.is_some() {
            return Err(refuse("the profile of the client demands private_key_jwt or mutual TLS"));
        }
        if let Err(refusal) = check_secret(client.client_type, &presented, &stored) {
            if client.client_type == ClientType::Public || presented.is_empty() {
                return Err(refusal);
            }
            let caller = slow_secret::SecretSender {
                client_id: client.id.clone(),
                address: self.head.client_ip,
            };
            slow_secret::check(self.app_for_authorising(), &caller, presented, stored).await?;
        }
        Ok(self.authorised(client))
    }
}

impl Request<Params> {
    /// Requires a client that sends its assertion as a bearer token, and its client id in the form
    /// (Pocket ID 2.14, at introspection).
    pub(super) async fn authenticate_bearer_assertion(
        self,
        text: &str,
    ) -> Result<Authorised<Client, Params>, OAuthError> {
        let assertion = Assertion::parse(text, self.body().value("client_id"))?;
        let client = assertion.authenticate(self.app_for_authorising(), self.head.now).await?;
        Ok(self.authorised(client))
    }
}

fn check_secret(
    client_type: ClientType,
    presented: &[Secret],
    stored: &[(ClientSecretId, SecretHash)],
) -> Result<(), OAuthError> {
    match (client_type, presented) {
        (ClientType::Public, []) => Ok(()),
        (ClientType::Public, _) => Err(refuse("a public client has no secret")),
        (ClientType::Confidential, []) => Err(refuse("no secret was sent")),
        (ClientType::Confidential, presented) => {
            // All digests are compared, so that the timing does not reveal which one matched.
            let matches =
                presented.iter().fold(false, |found, secret| is_of(secret, stored) | found);
            matches.then_some(()).ok_or_else(wrong_secret)
        }
    }
}

fn is_of(secret: &Secret, stored: &[(ClientSecretId, SecretHash)]) -> bool {
    let presented = Digest::of(secret.expose());
    stored.iter().fold(false, |found, (_, hash)| match hash {
        SecretHash::Sha256(digest) => digest.constant_time_eq(&presented) | found,
        SecretHash::Bcrypt(_) => found,
    })
}

fn read_credentials(head: &Head, params: &Params) -> Result<Credentials, OAuthError> {
    let in_body = params.value("client_secret");
    let (client_id, secrets) = match basic(head)? {
        Some(basic) => {
            // RFC 6749 §2.3 allows one method per request. Some libraries send the same secret both
            // ways; two different secrets are a mistake.
            let is_same = |other: &str| basic.secrets.iter().any(|one| one.constant_time_eq(other));
            if in_body.is_some_and(|other| !is_same(other)) {
                return Err(OAuthError::invalid_request(
                    "The header and the body contain different client secrets; send only one.",
                ));
            }
            if params.value("client_id").is_some_and(|other| other != basic.client_id) {
                return Err(OAuthError::invalid_request(
                    "The parameter client_id differs from the client in the Authorization header.",
                ));
            }
            (basic.client_id, basic.secrets)
        }
        None => {
            let id = params.value("client_id").ok_or_else(|| refuse("no client_id was sent"))?;
            (id.to_owned(), in_body.map(Secret::new).into_iter().collect())
        }
    };
    if secrets.iter().any(|secret| secret.expose().len() > MAX_SECRET) {
        return Err(refuse("the secret is too long"));
    }
    let client_id = client_id.parse().map_err(|_| refuse("there is no such client"))?;
    Ok(Credentials { client_id, secrets })
}

/// The content of an `Authorization: Basic` header.
struct Basic {
    client_id: String,
    secrets: Vec<Secret>,
}

/// Parses the header. Client id and secret are form-encoded before they are joined and
/// base64-encoded (RFC 6749 §2.3.1).
fn basic(head: &Head) -> Result<Option<Basic>, OAuthError> {
    let Some(header) = head.header("authorization") else { return Ok(None) };
    let malformed = || refuse("the Authorization header is not of the Basic scheme");
    let (scheme, encoded) = header.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).map_err(|_| malformed())?;
    let decoded = String::from_utf8(decoded).map_err(|_| malformed())?;
    let (id, secret) = decoded.split_once(':').ok_or_else(malformed)?;
    Ok(Some(Basic { client_id: form_decode(id)?, secrets: readings(secret) }))
}

/// Returns the readings of a secret: form-decoded as the standard says, and verbatim. Many clients
/// do not encode `+` and `%`.
fn readings(secret: &str) -> Vec<Secret> {
    // RFC 6749 §2.3.1: an empty secret may be omitted.
    if secret.is_empty() {
        return Vec::new();
    }
    let mut readings = vec![secret.to_owned()];
    if let Ok(decoded) = form_decode(secret)
        && decoded != secret
    {
        readings.insert(0, decoded);
    }
    readings.into_iter().map(Secret::new).collect()
}

fn form_decode(text: &str) -> Result<String, OAuthError> {
    let malformed = || refuse("the Authorization header is not form-encoded");
    // This is a single value: `&` and `=` belong to it.
    let text = text.replace('&', "%26").replace('=', "%3D");
    let (value, _) = form_urlencoded::parse(text.as_bytes()).next().ok_or_else(malformed)?;
    if value.contains(char::REPLACEMENT_CHARACTER) {
        Err(malformed())
    } else {
        Ok(value.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §2.3.1 and appendix B.
    #[test]
    fn basic_credentials_are_form_decoded() {
        assert_eq!(form_decode("a+b%2Fc%25").unwrap(), "a b/c%");
        assert_eq!(form_decode("plain&x=y").unwrap(), "plain&x=y");
        assert!(form_decode("%ff").is_err());
    }

    #[test]
    fn a_secret_is_needed_by_confidential_clients_and_by_no_other() {
        let (secret, wrong) = (Secret::new("secret"), Secret::new("wrong"));
        let id = ClientSecretId(uuid::Uuid::nil());
        let digests =
            ["other", "secret"].map(|secret| (id, SecretHash::Sha256(Digest::of(secret))));
        let check =
            |client_type, secrets: &[Secret]| check_secret(client_type, secrets, &digests).is_ok();
        assert!(check(ClientType::Confidential, std::slice::from_ref(&secret)));
        assert!(check(ClientType::Confidential, &[wrong.clone(), secret.clone()]));
        assert!(!check(ClientType::Confidential, &[wrong]));
        assert!(!check(ClientType::Confidential, &[]));
        assert!(check(ClientType::Public, &[]));
        assert!(!check(ClientType::Public, std::slice::from_ref(&secret)));
        assert!(check_secret(ClientType::Confidential, &[secret], &[]).is_err());
    }

    /// Some clients encode a secret as the standard says, and some do not.
    #[test]
    fn a_secret_is_read_as_the_standard_says_and_as_it_stands() {
        let read = |secret: &str| -> Vec<String> {
            readings(secret).iter().map(|secret| secret.expose().to_owned()).collect()
        };
        assert_eq!(read("plain"), ["plain"]);
        assert_eq!(read("a+b%25"), ["a b%", "a+b%25"]);
        assert_eq!(read("100%"), ["100%"]);
        assert_eq!(read("%ff"), ["%ff"]);
        assert!(read("").is_empty());
    }
}
