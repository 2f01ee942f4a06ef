//! `GET /api/openapi.json`: the description of the API (OpenAPI 3.1)
//!
//! A test generates the document and commits it, so the program only contains it. It is compressed
//! when it is first asked for.

use std::{io::Write as _, sync::LazyLock};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use hyper::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, VARY};

use super::{
    http::{ApiError, Request, Response},
    route::{Route, get},
};

/// The version of Pocket ID whose API this is. The document does not tell the version of the
/// program: anyone may read it.
pub(super) const API_VERSION: &str = "2.14.0";

const DOCUMENT: &[u8] = include_bytes!("../../docs/openapi.json");

static COMPRESSED: LazyLock<Option<Bytes>> = LazyLock::new(|| {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(DOCUMENT).ok()?;
    Some(encoder.finish().ok()?.into())
});

/// The route.
pub(super) fn routes() -> Vec<Route> {
    vec![get("/api/openapi.json", document).for_anyone().gives_media(&["application/json"])]
}

/// Describes this API in the format of OpenAPI 3.1.
async fn document(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let accepted = req.head.header(ACCEPT_ENCODING.as_str()).unwrap_or_default();
    let compressed = accepts_gzip(accepted).then(|| COMPRESSED.clone()).flatten();
    let response = |body: Bytes| {
        Response::bytes("application/json; charset=utf-8", body)
            .header(CACHE_CONTROL, "public, max-age=300")
            .header(VARY, "Accept-Encoding")
    };
    Ok(match compressed {
        Some(body) => response(body).header(CONTENT_ENCODING, "gzip"),
        None => response(Bytes::from_static(DOCUMENT)),
    })
}

/// Whether a list of encodings has gzip, and does not exclude it with `q=0` (RFC 9110 §12.5.3).
fn accepts_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        is_gzip && weight != Some(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_used_for_a_client_that_accepts_it() {
        for accepted in ["gzip", "br, gzip", "deflate;q=0.5, GZIP;q=0.1"] {
            assert!(accepts_gzip(accepted), "{accepted}");
        }
        for other in ["", "br", "gzip;q=0", "gzip; q=0.0, br", "xgzip"] {
            assert!(!accepts_gzip(other), "{other}");
        }
    }

    #[test]
    fn it_is_small_on_the_wire() {
        assert!(COMPRESSED.as_ref().unwrap().len() < DOCUMENT.len() / 8);
    }
}
