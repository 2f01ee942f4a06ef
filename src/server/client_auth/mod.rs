//! Client authentication (RFC 6749 §2.3, OIDC Core §9): the stage of the token endpoint.

mod assertion;
mod slow_secret;

use assertion::Assertion;
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    client_metadata::is_current,
    http::{Authorised, Head, Request},
};
use crate::{
    crypto::{Digest, Secret, SecretHash},
    model::{Client, ClientId, ClientSecretId, ClientType},
    oidc::{OAuthError, OAuthErrorCode, Params},
    store::{StoreError, clients},
};

/// The longest secret that is hashed, in bytes.
const MAX_SECRET: usize = 1_024;

/// How a client names itself.
#[derive(Debug)]
struct Credentials {
    client_id: ClientId,
    secret: Option<Secret>,
}

impl Request<Params> {
    /// Lets a client through that has proven who it is.
    pub(super) async fn authenticate_client(
        self,
    ) -> Result<Authorised<Client, Params>, OAuthError> {
        let now = self.head.now;
        if let Some(assertion) = Assertion::read(self.body())? {
            // RFC 6749 §2.3: no more than one method in each request.
            if self.head.header("authorization").is_some()
                || self.body().value("client_secret").is_some()
            {
                return Err(OAuthError::invalid_request(
                    "The client authenticates in more ways than one; one of them is enough.",
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
        let (client, secrets) = found.await?.ok_or_else(|| refuse("there is no such client"))?;
        let secret = credentials.secret;
        if let Err(refusal) = check_secret(client.client_type, secret.as_ref(), &secrets) {
            let secret = secret.filter(|_| client.client_type == ClientType::Confidential);
            let secret = secret.ok_or(refusal)?;
            slow_secret::check(self.app_for_authorising(), secret, secrets).await?;
        }
        Ok(self.authorised(client))
    }
}

fn check_secret(
    client_type: ClientType,
    secret: Option<&Secret>,
    secrets: &[(ClientSecretId, SecretHash)],
) -> Result<(), OAuthError> {
    match (client_type, secret) {
        (ClientType::Public, None) => Ok(()),
        (ClientType::Public, Some(_)) => Err(refuse("a public client has no secret")),
        (ClientType::Confidential, None) => Err(refuse("no secret was given")),
        (ClientType::Confidential, Some(secret)) => {
            let presented = Digest::of(secret.expose());
            // Every digest is compared, so that the time does not tell which one matched.
            let matches = secrets.iter().fold(false, |found, (_, hash)| match hash {
                SecretHash::Sha256(digest) => digest.constant_time_eq(&presented) | found,
                SecretHash::Bcrypt(_) => found,
            });
            matches.then_some(()).ok_or_else(wrong_secret)
        }
    }
}

fn wrong_secret() -> OAuthError {
    refuse("the secret is wrong or has expired")
}

fn read_credentials(head: &Head, params: &Params) -> Result<Credentials, OAuthError> {
    let in_body = params.value("client_secret");
    let (client_id, secret) = match basic(head)? {
        // RFC 6749 §2.3: no more than one method in each request.
        Some(_) if in_body.is_some() => {
            return Err(OAuthError::invalid_request(
                "The client authenticates in the header and in the body; one of them is enough.",
            ));
        }
        Some((id, secret)) => {
            if params.value("client_id").is_some_and(|other| other != id) {
                return Err(OAuthError::invalid_request(
                    "The parameter client_id is not the client of the Authorization header.",
                ));
            }
            (id, secret)
        }
        None => {
            let id = params.value("client_id").ok_or_else(|| refuse("no client was named"))?;
            (id.to_owned(), in_body.map(Secret::new))
        }
    };
    if secret.as_ref().is_some_and(|secret| secret.expose().len() > MAX_SECRET) {
        return Err(refuse("the secret is longer than any"));
    }
    let client_id = client_id.parse().map_err(|_| refuse("there is no such client"))?;
    Ok(Credentials { client_id, secret })
}

/// RFC 6749 §2.3.1: id and secret are form-encoded before they are joined and put into base64.
fn basic(head: &Head) -> Result<Option<(String, Option<Secret>)>, OAuthError> {
    let Some(header) = head.header("authorization") else { return Ok(None) };
    let malformed = || refuse("the Authorization header is not of the Basic scheme");
    let (scheme, encoded) = header.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).map_err(|_| malformed())?;
    let decoded = String::from_utf8(decoded).map_err(|_| malformed())?;
    let (id, secret) = decoded.split_once(':').ok_or_else(malformed)?;
    // RFC 6749 §2.3.1: an empty secret may as well be left out.
    let secret = (!secret.is_empty()).then(|| form_decode(secret).map(Secret::new)).transpose()?;
    Ok(Some((form_decode(id)?, secret)))
}

fn form_decode(text: &str) -> Result<String, OAuthError> {
    let malformed = || refuse("the Authorization header is not form-encoded");
    // A lone value: what would separate parameters belongs to it.
    let text = text.replace('&', "%26").replace('=', "%3D");
    let (value, _) = form_urlencoded::parse(text.as_bytes()).next().ok_or_else(malformed)?;
    match value.contains(char::REPLACEMENT_CHARACTER) {
        true => Err(malformed()),
        false => Ok(value.into_owned()),
    }
}

fn refuse(detail: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidClient, detail)
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
        let check = |client_type, secret| check_secret(client_type, secret, &digests).is_ok();
        assert!(check(ClientType::Confidential, Some(&secret)));
        assert!(!check(ClientType::Confidential, Some(&wrong)));
        assert!(!check(ClientType::Confidential, None));
        assert!(check(ClientType::Public, None));
        assert!(!check(ClientType::Public, Some(&secret)));
        assert!(check_secret(ClientType::Confidential, Some(&secret), &[]).is_err());
    }
}
