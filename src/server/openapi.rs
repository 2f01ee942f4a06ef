//! `GET /api/openapi.json`: the description of the API (OpenAPI 3.1)
//!
//! A test generates the document and commits it. The program contains it compressed (`build.rs`).

use std::{io::Read as _, sync::LazyLock};

use bytes::Bytes;
use flate2::read::GzDecoder;
use hyper::header::{CACHE_CONTROL, CONTENT_ENCODING, VARY};

use super::{
    http::{ApiError, Request, Response, compression::accepts_gzip},
    route::{Route, get},
};

/// The version of Pocket ID whose API this is. The document does not tell the version of the
/// program: anyone may read it.
pub(super) const API_VERSION: &str = "2.14.0";

const COMPRESSED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

/// The document for clients that do not accept gzip, once one has asked.
static PLAIN: LazyLock<Bytes> = LazyLock::new(|| {
    let mut document = Vec::new();
    // The build has compressed it, so it can be read.
    GzDecoder::new(COMPRESSED)
        .read_to_end(&mut document)
        .map_or_else(|_| Bytes::new(), |_| document.into())
});

/// The route.
pub(super) fn routes() -> Vec<Route> {
    vec![get("/api/openapi.json", document).for_anyone().gives_media(&["application/json"])]
}

/// Describes this API in the format of OpenAPI 3.1.
async fn document(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let response = |body: Bytes| {
        Response::bytes("application/json; charset=utf-8", body)
            .header(CACHE_CONTROL, "public, max-age=300")
            .header(VARY, "Accept-Encoding")
    };
    Ok(if accepts_gzip(&req.head.headers) {
        response(Bytes::from_static(COMPRESSED)).header(CONTENT_ENCODING, "gzip")
    } else {
        response(PLAIN.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_small_in_the_program_and_on_the_wire_and_whole() {
        assert_eq!(PLAIN.as_ref(), include_bytes!("../../docs/openapi.json"));
        assert!(COMPRESSED.len() < PLAIN.len() / 8);
    }
}
