//! The encodings of certificates in headers and files.
//!
//! nginx sends PEM with percent signs (`$ssl_client_escaped_cert`), Caddy and Traefik send base64,
//! and RFC 9440 has the same between colons. Others replace the line breaks of PEM by spaces.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::fault::CertificateFault::{self, Malformed, PrivateKey, Several, TooLong};

/// The longest header, in bytes: a certificate of the greatest length in PEM with percent signs.
const MAX_HEADER: usize = 12 * 1_024;

const BEGIN: &str = "-----BEGIN ";
const BEGIN_CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";
const END_CERTIFICATE: &str = "-----END CERTIFICATE-----";

pub(super) fn from_header(value: &[u8]) -> Result<Option<Vec<u8>>, CertificateFault> {
    if value.len() > MAX_HEADER {
        return Err(TooLong);
    }
    let text = str::from_utf8(value).map_err(|_| Malformed)?.trim();
    // Caddy leaves its placeholder in place when there is no certificate; Apache writes `(null)`.
    if text.is_empty() || text.starts_with("{http.") || text == "(null)" {
        return Ok(None);
    }
    let decoded = percent_decoded(text)?;
    let text = decoded.trim();
    if text.contains(BEGIN) {
        let mut found = from_pem(text)?;
        return match (found.pop(), found.is_empty()) {
            (Some(der), true) => Ok(Some(der)),
            (Some(_), false) => Err(Several),
            (None, _) => Err(Malformed),
        };
    }
    // Traefik joins the certificates of a chain, and HTTP joins headers of one name.
    if text.contains(',') {
        return Err(Several);
    }
    let inner = text.strip_prefix(':').map(|text| text.strip_suffix(':').ok_or(Malformed));
    from_base64(inner.unwrap_or(Ok(text))?).map(Some)
}

/// Reads certificates in PEM form. The sections stand alone: other text is refused.
pub(super) fn from_pem(text: &str) -> Result<Vec<Vec<u8>>, CertificateFault> {
    if text.contains("PRIVATE KEY") {
        return Err(PrivateKey);
    }
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let section = rest.strip_prefix(BEGIN_CERTIFICATE).ok_or(Malformed)?;
        let (body, after) = section.split_once(END_CERTIFICATE).ok_or(Malformed)?;
        let body: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        found.push(from_base64(&body)?);
        rest = after.trim();
    }
    Ok(found)
}

pub(super) fn from_base64(text: &str) -> Result<Vec<u8>, CertificateFault> {
    let der = BASE64_STANDARD.decode(text).map_err(|_| Malformed)?;
    if der.is_empty() { Err(Malformed) } else { Ok(der) }
}

pub(super) fn base64(der: &[u8]) -> String {
    BASE64_STANDARD.encode(der)
}

/// Decodes percent signs. A `+` stays one: it is a digit of base64.
fn percent_decoded(text: &str) -> Result<String, CertificateFault> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            let pair = digit().zip(digit()).map(|(high, low)| high * 16 + low);
            decoded.push(pair.and_then(|pair| u8::try_from(pair).ok()).ok_or(Malformed)?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).map_err(|_| Malformed)
}
