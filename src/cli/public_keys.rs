//! Public keys and issuers that clients and services prove themselves with, as command-line options.

use std::{fs::File, io::Read as _, path::Path, str::FromStr};

use serde_json::Value;

use super::error::CliError;
use crate::{
    crypto::{Certificate, JwkSet},
    model::{FederatedIdentity, parse_jwks, text::is_web_address},
};

/// The largest file, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// Reads a file of bounded size.
pub fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut text));
    read.map_err(|error| format!("cannot be read: {error}"))?;
    if text.len() as u64 > MAX_FILE { Err("is larger than 64 KiB".into()) } else { Ok(text) }
}

/// Reads the public keys in a file: a JWK Set, or certificates.
pub fn read_jwks(path: &Path) -> Result<JwkSet, CliError> {
    let fault = |what: &str| {
        CliError::usage(format!("{} {what}", path.display()))
            .hint("the file must be a JWK Set of public keys: {\"keys\": [{\"kty\": ...}]}, or certificates in PEM form")
    };
    let text = read_file(path).map_err(|what| fault(&what))?;
    if text.trim_ascii().is_empty() {
        return Err(fault("is empty"));
    }
    let json = match str::from_utf8(&text) {
        Ok(text) if text.trim_start().starts_with("-----BEGIN ") => {
            of_certificates(text).map_err(|what| fault(&what))?
        }
        _ => serde_json::from_slice(&text).map_err(|_| fault("is not JSON"))?,
    };
    parse_jwks(&json).map_err(fault)
}

/// The JWK Set of certificates (RFC 8705 §2.2.2).
fn of_certificates(text: &str) -> Result<Value, String> {
    let certificates = Certificate::from_pem(text)
        .map_err(|error| format!("has a certificate that is refused: {error}"))?;
    let keys = certificates.iter().map(Certificate::jwk).collect::<Option<Vec<_>>>();
    let keys = keys.ok_or("has a certificate for a key that no supported algorithm uses")?;
    serde_json::to_value(JwkSet { keys }).map_err(|error| error.to_string())
}

/// A federated issuer in command-line syntax.
#[derive(Debug, Clone)]
pub struct Federated(pub FederatedIdentity);

impl FromStr for Federated {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut identity = FederatedIdentity {
            issuer: String::new(),
            subject: None,
            audience: None,
            jwks: None,
            replay_protection: false,
        };
        for part in text.split(',') {
            match part.split_once('=') {
                None if part == "single-use" => identity.replay_protection = true,
                Some(("issuer", url)) => identity.issuer = parse_url(url)?,
                Some(("subject", subject)) => identity.subject = Some(subject.to_owned()),
                Some(("audience", audience)) => identity.audience = Some(audience.to_owned()),
                Some(("jwks", url)) => identity.jwks = Some(parse_url(url)?),
                _ if is_web_address(part) => return Err(format!("write issuer={part},subject=S")),
                _ => {
                    return Err(format!(
                        "it contains {part:?}, which is unknown: write issuer=URL,subject=S"
                    ));
                }
            }
        }
        if identity.issuer.is_empty() {
            Err("it must contain issuer=URL, such as issuer=https://issuer.example.com,subject=S"
                .into())
        } else {
            Ok(Self(identity))
        }
    }
}

fn parse_url(text: &str) -> Result<String, String> {
    if is_web_address(text) {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is not an address such as https://issuer.example.com"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_read_with_all_that_belongs_to_it() {
        let text =
            "issuer=https://a.example,subject=s,audience=x,jwks=https://b.example/k,single-use";
        let Federated(identity) = text.parse().unwrap();
        assert_eq!(identity.issuer, "https://a.example");
        assert_eq!(identity.subject.as_deref(), Some("s"));
        assert_eq!(identity.audience.as_deref(), Some("x"));
        assert_eq!(identity.jwks_url(), "https://b.example/k");
        assert!(identity.replay_protection);
        let Federated(short) = "issuer=https://a.example/".parse().unwrap();
        assert_eq!(short.jwks_url(), "https://a.example/.well-known/jwks.json");
    }

    #[test]
    fn what_means_nothing_is_refused() {
        let fault = |text: &str| text.parse::<Federated>().unwrap_err();
        assert_eq!(fault("https://a.example"), "write issuer=https://a.example,subject=S");
        assert!(fault("https//a").ends_with("write issuer=URL,subject=S"));
        for text in ["", "subject=s", "issuer=a", "https://a.example", "issuer=https://a,x=y"] {
            assert!(text.parse::<Federated>().is_err(), "{text}");
        }
    }
}
