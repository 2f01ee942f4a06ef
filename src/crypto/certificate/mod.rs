//! X.509 certificates of clients (RFC 5280): read, named, and verified against an authority.

mod distinguished_name;
mod encoded;
mod fault;
mod public_key;
#[cfg(test)]
mod tests;

use std::{net::IpAddr, sync::Arc, time::Duration};

pub use distinguished_name::{DistinguishedName, NotADistinguishedName};
pub use fault::CertificateFault;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, UnixTime},
    server::WebPkiClientVerifier,
};
use x509_parser::{
    certificate::X509Certificate,
    extensions::{GeneralName, SubjectAlternativeName},
    prelude::FromDer as _,
};

use super::{
    Digest, PublicJwk, Thumbprint,
    public_jwk::PublicKey,
    tls::{Authorities, provider},
};

/// The longest certificate, in bytes. One with an RSA key of 4,096 bits and some names has 2 KiB.
const MAX_DER: usize = 6 * 1_024;
/// The most alternative names of a certificate that are looked at.
const MAX_NAMES: usize = 64;

/// A certificate. Nothing is verified yet.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    subject: DistinguishedName,
    names: Vec<AlternativeName>,
    /// Its first and last second, in Unix time.
    validity: (i64, i64),
    is_authority: bool,
    /// None when no algorithm here uses such a key.
    key: Option<PublicKey>,
}

/// A name of the subject in the extension `subjectAltName` (RFC 5280 §4.2.1.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlternativeName {
    /// `dNSName`, in lower case.
    Dns(String),
    /// `rfc822Name`.
    Email(String),
    /// `iPAddress`.
    Ip(IpAddr),
    /// `uniformResourceIdentifier`.
    Uri(String),
}

impl Certificate {
    /// Reads a certificate in DER form.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateFault> {
        if der.len() > MAX_DER {
            return Err(CertificateFault::TooLong);
        }
        let (rest, found) =
            X509Certificate::from_der(der).map_err(|_| CertificateFault::Malformed)?;
        if !rest.is_empty() {
            return Err(CertificateFault::Malformed);
        }
        if !public_key::is_strong(found.public_key()) {
            return Err(CertificateFault::Weak);
        }
        let names = found.subject_alternative_name().map_err(|_| CertificateFault::Malformed)?;
        let validity = found.validity();
        Ok(Self {
            subject: DistinguishedName::of(found.subject()),
            names: names.map(|names| alternative_names(names.value)).unwrap_or_default(),
            is_authority: is_authority(&found)?,
            validity: (validity.not_before.timestamp(), validity.not_after.timestamp()),
            key: public_key::read(found.public_key()),
            der: der.to_vec(),
        })
    }

    /// Reads a certificate as one of the usual proxies passes it in a header: PEM or base64, either
    /// of them with percent signs, or a binary item of structured fields (RFC 9440). `None` when
    /// there is none.
    pub fn from_header(value: &[u8]) -> Result<Option<Self>, CertificateFault> {
        encoded::from_header(value)?.map(|der| Self::from_der(&der)).transpose()
    }

    /// Reads all certificates of a file in PEM form.
    pub fn from_pem(text: &str) -> Result<Vec<Self>, CertificateFault> {
        encoded::from_pem(text)?.iter().map(|der| Self::from_der(der)).collect()
    }

    /// Reads a certificate in base64, as in the `x5c` of a key (RFC 7517 §4.7).
    pub fn from_base64(text: &str) -> Result<Self, CertificateFault> {
        Self::from_der(&encoded::from_base64(text)?)
    }

    /// The SHA-256 thumbprint of the whole certificate: `x5t#S256` (RFC 8705 §3.1).
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of_digest(&Digest::of(&self.der))
    }

    /// The name of its subject.
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// The other names of its subject.
    pub fn names(&self) -> &[AlternativeName] {
        &self.names
    }

    /// Whether it is neither expired nor made for a later time. `now` is in Unix time.
    pub fn is_valid_at(&self, now: i64) -> bool {
        (self.validity.0..=self.validity.1).contains(&now)
    }

    /// Whether it may issue others (RFC 5280 §4.2.1.3, §4.2.1.9).
    pub fn is_authority(&self) -> bool {
        self.is_authority
    }

    /// Whether its key is that of a JWK.
    pub fn has_key(&self, jwk: &PublicJwk) -> bool {
        self.key.as_ref() == Some(&jwk.key)
    }

    /// Its key as a JWK that contains the certificate (RFC 8705 §2.2.2). `None` when no algorithm
    /// here uses such a key.
    pub fn jwk(&self) -> Option<PublicJwk> {
        let key = self.key.clone()?;
        let x5c = Some(vec![encoded::base64(&self.der)]);
        Some(PublicJwk { kid: None, alg: None, r#use: None, key, x5c })
    }

    /// Whether one of the authorities issued it for clients of TLS, and it is valid at that time
    /// (RFC 5280 §6). `now` is in Unix time.
    pub fn is_issued_by(&self, authorities: &Authorities, now: i64) -> bool {
        let mut roots = RootCertStore::empty();
        // The verifier takes what it is given as an authority, of whatever age.
        let is_good = |der: &&[u8]| {
            Self::from_der(der).is_ok_and(|one| one.is_authority && one.is_valid_at(now))
        };
        let given = authorities.der().filter(is_good);
        let given = given.map(|der| CertificateDer::from(der.to_vec()));
        roots.add_parsable_certificates(given);
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
        let (Ok(verifier), Ok(now)) = (verifier.build(), u64::try_from(now)) else { return false };
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now));
        let own = CertificateDer::from(self.der.as_slice());
        verifier.verify_client_cert(&own, &[], now).is_ok()
    }
}

/// Two certificates are equal when they are the same bytes.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

fn is_authority(certificate: &X509Certificate<'_>) -> Result<bool, CertificateFault> {
    let malformed = |_| CertificateFault::Malformed;
    let constraints = certificate.basic_constraints().map_err(malformed)?;
    let usage = certificate.key_usage().map_err(malformed)?;
    Ok(constraints.is_some_and(|found| found.value.ca)
        && usage.is_none_or(|found| found.value.key_cert_sign()))
}

fn alternative_names(names: &SubjectAlternativeName<'_>) -> Vec<AlternativeName> {
    let read = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(AlternativeName::Dns(name.to_ascii_lowercase())),
        GeneralName::RFC822Name(name) => Some(AlternativeName::Email((*name).to_owned())),
        GeneralName::URI(name) => Some(AlternativeName::Uri((*name).to_owned())),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from))
                .ok()
                .map(AlternativeName::Ip)
        }
        _ => None,
    };
    names.general_names.iter().filter_map(read).take(MAX_NAMES).collect()
}
