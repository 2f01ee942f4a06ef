//! `GET /metrics`, for the holder of the token

use hyper::{StatusCode, header::WWW_AUTHENTICATE};

use super::scrape::scrape;
use crate::server::{
    http::{ApiError, Request, Response},
    route::{Route, get},
};

/// The media type of the text format.
pub(super) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The route, which answers only with the token.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/metrics", metrics)
            .quiet()
            .without_cookies()
            .for_anyone()
            .gives_media(&["text/plain"])
            .refuses(&[401, 404]),
    ]
}

/// The figures of the server in the text format of Prometheus, for whoever sends `METRICS_TOKEN` as a bearer token. `404` without that
/// setting.
async fn metrics(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let Some(token) = &req.app.settings().metrics.token else {
        return Err(ApiError::new(StatusCode::NOT_FOUND, "not_found", "METRICS_TOKEN is not set"));
    };
    if !req.head.bearer().is_some_and(|sent| token.constant_time_eq(sent)) {
        let message = "send METRICS_TOKEN as a bearer token";
        let error = ApiError::new(StatusCode::UNAUTHORIZED, "not_signed_in", message);
        return Ok(error.into_response("").header(WWW_AUTHENTICATE, "Bearer"));
    }
    let text = scrape(&req.app).await.unwrap_or_default();
    Ok(Response::bytes(MEDIA_TYPE, text))
}
