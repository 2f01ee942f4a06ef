//! `GET /api/oidc/clients/{id}/logo`

use hyper::{
    StatusCode,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
};

use crate::{
    model::ClientId,
    server::http::{ApiError, Request, Response},
    store::clients,
};

/// The logo of a client, as its administrator gave it.
pub(in crate::server) async fn client_logo(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.public();
    let missing = || ApiError::new(StatusCode::NOT_FOUND, "image_not_found", "Image not found");
    let id: ClientId = id.parse().map_err(|_| missing())?;
    let logo = req.app.store().read(move |tx| clients::find_logo(tx, &id));
    let logo = logo.await?.ok_or_else(missing)?;
    Ok(Response::bytes(&logo.content_type, logo.image)
        .header(CACHE_CONTROL, "public, max-age=900, stale-while-revalidate=43200")
        // An SVG opened by itself is a document: it may do nothing.
        .header(CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
}
