//! `logoUrl` and `darkLogoUrl`: logos that are downloaded when a client is stored.

use std::time::Duration;

use hyper::StatusCode;
use url::Url;

use super::body::ClientBody;
use crate::{
    model::{ClientId, Image, Theme, text::TextError},
    operations::clients,
    outbound::{Answer, OutboundError, Reach},
    server::http::{ApiError, Authorised, account::Account, api_error::FieldError},
};

/// The time limit of a download, redirects included.
const TIME: Duration = Duration::from_secs(15);
/// The maximum number of redirects followed (Pocket ID 2.14).
const MAX_REDIRECTS: usize = 10;

/// Downloads and stores the logos that a body names. Only connects to public addresses, also after
/// redirects.
pub(super) async fn download(
    req: &Authorised<Account, ClientBody>,
    id: &ClientId,
) -> Result<(), ApiError> {
    for (theme, text) in
        [(Theme::Light, &req.body.logo_url), (Theme::Dark, &req.body.dark_logo_url)]
    {
        if text.is_empty() {
            continue;
        }
        let logo = tokio::time::timeout(TIME, fetch(req, text)).await;
        let logo = logo.map_err(|_| failed("the download took too long"))??;
        req.act((id.clone(), logo), move |act, (id, logo)| clients::set_logo(act, id, theme, logo))
            .await?;
    }
    Ok(())
}

async fn fetch(req: &Authorised<Account, ClientBody>, text: &str) -> Result<Image, ApiError> {
    let mut url = Url::parse(text).map_err(|_| not_allowed("it is not a URL"))?;
    for _ in 0..=MAX_REDIRECTS {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(not_allowed("its scheme is neither http nor https"));
        }
        let sent = req.app.outbound().get_image(&url, Reach::Public, TIME, Image::MAX_SIZE).await;
        let answer = sent.map_err(|error| match error {
            OutboundError::OutOfReach { .. } | OutboundError::Address => not_allowed(error),
            OutboundError::TooLarge { .. } => {
                refused("logo_too_large", "Downloaded logo must not exceed 2 MB").because(error)
            }
            error => failed(error),
        })?;
        match location(&answer) {
            Some(next) => {
                url = url.join(next).map_err(|_| failed("it redirects to an invalid URL"))?;
            }
            None if answer.status == 200 => {
                let message = "Downloaded logo has an unsupported file type";
                return Image::recognise(answer.body.into())
                    .ok_or_else(|| refused("logo_type_not_supported", message));
            }
            None => {
                return Err(failed(format!("the server answered with status {}", answer.status)));
            }
        }
    }
    Err(failed("it redirects too often"))
}

fn location(answer: &Answer) -> Option<&str> {
    let is_redirect = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
    answer.headers.get("location").filter(|_| is_redirect)?.to_str().ok()
}

fn failed(detail: impl std::fmt::Display) -> ApiError {
    refused("logo_download_failed", "Logo could not be downloaded").because(detail)
}

fn refused(code: &'static str, message: &str) -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
}

/// The refusal of a logo URL. It names `logoUrl` for both logos (Pocket ID 2.14).
fn not_allowed(detail: impl std::fmt::Display) -> ApiError {
    let message = "must be a public HTTP or HTTPS URL".to_owned();
    let field = FieldError::new("logoUrl", TextError { code: "invalid_value", message });
    ApiError::new(StatusCode::BAD_REQUEST, "validation_failed", "Logo URL is not allowed")
        .about(field)
        .because(detail)
}
