//! `GET /api/openapi.json`: the description of the API (OpenAPI 3.1)
//!
//! A test generates the document and commits it, so the program only contains it. It is compressed
//! when it is first asked for.

use std::sync::LazyLock;

use bytes::Bytes;
use flate2::Compression;
use hyper::header::{CACHE_CONTROL, CONTENT_ENCODING, VARY};

use super::{
    http::{
        ApiError, Request, Response,
        compression::{accepts_gzip, gzip},
    },
    route::{Route, get},
};

/// The version of Pocket ID whose API this is. The document does not tell the version of the
/// program: anyone may read it.
pub(super) const API_VERSION: &str = "2.14.0";

const DOCUMENT: &[u8] = include_bytes!("../../docs/openapi.json");

static COMPRESSED: LazyLock<Option<Bytes>> = LazyLock::new(|| gzip(DOCUMENT, Compression::best()));

/// The route.
pub(super) fn routes() -> Vec<Route> {
    vec![get("/api/openapi.json", document).for_anyone().gives_media(&["application/json"])]
}

/// Describes this API in the format of OpenAPI 3.1.
async fn document(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let compressed = accepts_gzip(&req.head.headers).then(|| COMPRESSED.clone()).flatten();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_small_on_the_wire() {
        assert!(COMPRESSED.as_ref().unwrap().len() < DOCUMENT.len() / 8);
    }
}
