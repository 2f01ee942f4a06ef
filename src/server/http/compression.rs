//! Compression of answers (RFC 9110 §8.4): for style sheets, scripts, and pages of the settings that
//! no other site asked for. Pages of a sign-in, and the list of invitations, hold secrets: their
//! length must not tell anything.

use std::io::Write as _;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use hyper::{HeaderMap, header::ACCEPT_ENCODING};

/// Shorter bodies fit into a packet anyway, in bytes.
pub(super) const WORTHWHILE: usize = 1_024;

/// Compresses a body. `None` if that fails.
pub(in crate::server) fn gzip(body: &[u8], level: Compression) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(body).ok()?;
    Some(encoder.finish().ok()?.into())
}

/// Whether a client accepts gzip, and does not exclude it with `q=0` (RFC 9110 §12.5.3).
pub(in crate::server) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        is_gzip && weight != Some(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, text.parse().unwrap());
        accepts_gzip(&headers)
    }

    #[test]
    fn gzip_is_used_for_a_client_that_accepts_it() {
        for accepted in ["gzip", "br, gzip", "deflate;q=0.5, GZIP;q=0.1"] {
            assert!(accepts(accepted), "{accepted}");
        }
        for other in ["", "br", "gzip;q=0", "gzip; q=0.0, br", "xgzip"] {
            assert!(!accepts(other), "{other}");
        }
    }
}
