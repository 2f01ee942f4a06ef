//! How a client proves who it is with a TLS certificate (RFC 8705 §2).

use std::{net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text::{TextError, bounded};
use crate::crypto::{AlternativeName, Certificate, DistinguishedName, tls::Authorities};

/// Longest name, in characters.
const MAX_NAME: usize = 1_024;
/// Longest list of authorities, in bytes.
const MAX_AUTHORITIES: usize = 32 * 1_024;
/// The most authorities of a client.
const MAX_COUNT: usize = 8;

/// The one name that a certificate must have (RFC 8705 §2.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateName {
    /// `tls_client_auth_san_dns`.
    SanDns(String),
    /// `tls_client_auth_san_email`.
    SanEmail(String),
    /// `tls_client_auth_san_ip`.
    SanIp(IpAddr),
    /// `tls_client_auth_san_uri`.
    SanUri(String),
    /// `tls_client_auth_subject_dn`, in the form of RFC 4514.
    SubjectDn(String),
}

/// The method by which a client proves who it is with a certificate. The proxy asks for one and need not
/// verify it: it is verified here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "Given", into = "Given")]
pub enum TlsClientAuth {
    /// `tls_client_auth` (§2.1): a name, and the authorities whose certificates count.
    Authority {
        /// The name that the certificate must have.
        name: CertificateName,
        /// The certificates of the authorities, in PEM form.
        authorities: String,
    },
    /// `self_signed_tls_client_auth` (§2.2): the certificates in the client's JWK Set.
    SelfSigned,
}

/// The fields as they are given: exactly one of the names and the authorities, or `selfSigned` alone. An
/// empty text counts as absent.
#[derive(Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TlsClientAuth"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_dn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    san_dns: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    san_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    san_ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    san_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_authorities: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    self_signed: Option<bool>,
}

impl From<TlsClientAuth> for Given {
    fn from(auth: TlsClientAuth) -> Self {
        let TlsClientAuth::Authority { name, authorities } = auth else {
            return Self { self_signed: Some(true), ..Self::default() };
        };
        let given = Self { certificate_authorities: Some(authorities), ..Self::default() };
        match name {
            CertificateName::SanDns(name) => Self { san_dns: Some(name), ..given },
            CertificateName::SanEmail(name) => Self { san_email: Some(name), ..given },
            CertificateName::SanIp(address) => Self { san_ip: Some(address.to_string()), ..given },
            CertificateName::SanUri(name) => Self { san_uri: Some(name), ..given },
            CertificateName::SubjectDn(name) => Self { subject_dn: Some(name), ..given },
        }
    }
}

impl TryFrom<Given> for TlsClientAuth {
    type Error = TextError;

    fn try_from(given: Given) -> Result<Self, TextError> {
        let names = [
            ("dn", given.subject_dn),
            ("dns", given.san_dns),
            ("uri", given.san_uri),
            ("ip", given.san_ip),
            ("email", given.san_email),
        ];
        let given_name =
            |(kind, name): (_, Option<String>)| Some((kind, name.filter(|name| !name.is_empty())?));
        let mut names = names.into_iter().filter_map(given_name);
        let authorities = given.certificate_authorities.filter(|text| !text.is_empty());
        match (given.self_signed.unwrap_or_default(), names.next(), names.next(), authorities) {
            (true, None, None, None) => Ok(Self::SelfSigned),
            (false, Some((kind, name)), None, Some(authorities)) => {
                let named = |error: TextError| {
                    TextError::format(format!("certificateAuthorities {}", error.message))
                };
                Self::new(CertificateName::read(kind, &name)?, &authorities).map_err(named)
            }
            _ => Err(TextError::format(
                "must have certificateAuthorities and exactly one of subjectDn, sanDns, sanUri, sanIp, \
                 sanEmail; or selfSigned alone",
            )),
        }
    }
}

impl Given {
    /// Whether it has neither names, authorities nor `selfSigned`.
    fn is_empty(&self) -> bool {
        let texts = [
            &self.subject_dn,
            &self.san_dns,
            &self.san_uri,
            &self.san_ip,
            &self.san_email,
            &self.certificate_authorities,
        ];
        texts.into_iter().flatten().all(String::is_empty) && self.self_signed != Some(true)
    }
}

impl CertificateName {
    /// Reads a name of a kind: `dn`, `dns`, `uri`, `ip` or `email`.
    fn read(kind: &str, name: &str) -> Result<Self, TextError> {
        let text = bounded(name, 1, MAX_NAME)?;
        let is_ascii = text.is_ascii() && !text.contains(' ');
        let invalid = |what: &str| Err(TextError::format(format!("is not {what}")));
        match kind {
            "dn" => match text.parse::<DistinguishedName>() {
                Ok(_) => Ok(Self::SubjectDn(text)),
                Err(error) => Err(TextError::format(error.to_string())),
            },
            // A wildcard in a certificate is compared as it stands, and would be any host's.
            "dns" if is_ascii && !text.contains(['*', '/', ':', '@']) => {
                Ok(Self::SanDns(text.to_ascii_lowercase()))
            }
            "dns" => invalid("the name of a host"),
            "uri" if is_ascii && url::Url::parse(&text).is_ok() => Ok(Self::SanUri(text)),
            "uri" => invalid("a URI"),
            "ip" => text.parse().map(Self::SanIp).or_else(|_| invalid("an IP address")),
            "email" if is_ascii && text.contains('@') => Ok(Self::SanEmail(text)),
            "email" => invalid("an email address"),
            _ => Err(TextError::format("must begin with dn=, dns=, uri=, ip= or email=")),
        }
    }

    /// Whether a certificate has the name.
    fn is_of(&self, certificate: &Certificate) -> bool {
        let has = |name: AlternativeName| certificate.names().contains(&name);
        match self {
            Self::SanDns(name) => has(AlternativeName::Dns(name.clone())),
            Self::SanEmail(name) => has(AlternativeName::Email(name.clone())),
            Self::SanIp(address) => has(AlternativeName::Ip(*address)),
            Self::SanUri(name) => has(AlternativeName::Uri(name.clone())),
            Self::SubjectDn(name) => {
                name.parse::<DistinguishedName>().is_ok_and(|name| name == *certificate.subject())
            }
        }
    }

    /// The form of the command line: the kind and the name.
    pub fn to_text(&self) -> String {
        match self {
            Self::SanDns(name) => format!("dns={name}"),
            Self::SanEmail(name) => format!("email={name}"),
            Self::SanIp(address) => format!("ip={address}"),
            Self::SanUri(name) => format!("uri={name}"),
            Self::SubjectDn(name) => format!("dn={name}"),
        }
    }
}

impl FromStr for CertificateName {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let (kind, name) = text.split_once('=').unwrap_or(("", text));
        Self::read(kind, name)
    }
}

impl TlsClientAuth {
    /// Reads what replaces the present one. An object of empty texts removes it.
    pub fn parse_new(json: &Value) -> Result<Option<Self>, TextError> {
        let given =
            Given::deserialize(json).map_err(|error| TextError::format(error.to_string()))?;
        if given.is_empty() { Ok(None) } else { Self::try_from(given).map(Some) }
    }

    /// Checks the authorities. The error is about them, and does not name them.
    pub fn new(name: CertificateName, authorities: &str) -> Result<Self, TextError> {
        if authorities.len() > MAX_AUTHORITIES {
            return Err(TextError::format(format!("has more than {MAX_AUTHORITIES} bytes")));
        }
        if authorities.contains("PRIVATE KEY") {
            let what = "contains a private key, which only the authority may have";
            return Err(TextError::format(what));
        }
        let read: Authorities =
            authorities.parse().map_err(|error| TextError::format(format!("{error}")))?;
        if read.der().count() > MAX_COUNT {
            return Err(TextError::format(format!("has more than {MAX_COUNT} certificates")));
        }
        let is_authority = |der| Certificate::from_der(der).is_ok_and(|one| one.is_authority());
        if !read.der().all(is_authority) {
            let what = "has a certificate that may not issue others, or has a weak key";
            return Err(TextError::format(what));
        }
        let authorities = authorities.trim().replace("\r\n", "\n") + "\n";
        Ok(Self::Authority { name, authorities })
    }

    /// Whether one of its authorities is valid at that time, in Unix time. The certificates of a JWK Set are
    /// looked at one by one.
    pub fn is_valid_at(&self, now: i64) -> bool {
        let Self::Authority { authorities, .. } = self else { return true };
        let is_valid =
            |der: &[u8]| Certificate::from_der(der).is_ok_and(|one| one.is_valid_at(now));
        authorities.parse().is_ok_and(|all: Authorities| all.der().any(is_valid))
    }

    /// Whether a certificate of an authority proves that its sender is the client. `now` is in Unix time.
    pub fn accepts(&self, certificate: &Certificate, now: i64) -> bool {
        let Self::Authority { name, authorities } = self else { return false };
        name.is_of(certificate)
            && authorities.parse().is_ok_and(|all: Authorities| {
                certificate.is_valid_at(now) && certificate.is_issued_by(&all, now)
            })
    }

    /// The form in which it is shown: the kind and the name.
    pub fn to_text(&self) -> String {
        match self {
            Self::Authority { name, .. } => name.to_text(),
            Self::SelfSigned => "those of its own keys".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_of_empty_members_removes_it_and_anything_malformed_is_refused() {
        for removes in [
            json!({}),
            json!({ "subjectDn": "", "sanDns": "", "certificateAuthorities": "" }),
            json!({ "sanUri": "", "selfSigned": false }),
            json!({ "sanIp": null }),
        ] {
            assert_eq!(TlsClientAuth::parse_new(&removes), Ok(None), "{removes}");
        }
        for malformed in [
            json!("x"),
            json!([]),
            json!({ "subjectDN": "" }),
            json!({ "subjectDn": false }),
            json!({ "selfSigned": "" }),
            json!({ "subjectDn": "CN=app" }),
            json!({ "selfSigned": true, "sanDns": "app.example.com" }),
        ] {
            assert!(TlsClientAuth::parse_new(&malformed).is_err(), "{malformed}");
        }
        let own = json!({ "selfSigned": true, "sanDns": "" });
        assert_eq!(TlsClientAuth::parse_new(&own), Ok(Some(TlsClientAuth::SelfSigned)));
    }
}
