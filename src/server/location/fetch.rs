//! Downloads a file over a few redirects.

use std::{fs::File, io::Seek as _, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use url::Url;

use crate::outbound::{Answer, DownloadRequest, Outbound, OutboundError, Reach, RequestHeader};

/// The most redirects: MaxMind leads to the store that it uses.
const MAX_REDIRECTS: usize = 3;
/// The name that the server gives itself.
const USER_AGENT: &str = concat!("pocketid/", env!("CARGO_PKG_VERSION"));

/// The bounds of a download.
#[derive(Debug, Clone, Copy)]
pub(super) struct FetchBounds {
    /// The largest file, in bytes.
    pub size: u64,
    /// How long it may take.
    pub time: Duration,
}

/// Why nothing was downloaded. Never tells an address: it may have a key in it.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// It is no address.
    #[error("the address in GEOLITE_DB_URL is not valid")]
    Address,
    /// The server answered with an error.
    #[error("{host} answered with status {status}{}", hint(*status))]
    Status {
        /// The server.
        host: String,
        /// The status.
        status: u16,
    },
    /// A redirect leads nowhere, or in circles.
    #[error("{0} redirects too often, or to no secure address")]
    Redirect(String),
    /// The server was not reached.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The file cannot be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

fn hint(status: u16) -> &'static str {
    match status {
        401 | 403 => ": is MAXMIND_LICENSE_KEY right?",
        429 => ": too many downloads today",
        _ => "",
    }
}

/// Downloads `url` into the file. A name and a password in the address are sent as such (RFC 7617), to
/// that server only.
pub(super) async fn fetch(
    outbound: &Outbound,
    url: &Url,
    file: &mut File,
    bounds: FetchBounds,
) -> Result<(), FetchError> {
    let mut here = url.clone();
    for _ in 0..=MAX_REDIRECTS {
        let is_first = here.origin() == url.origin();
        // Another server than the configured one may lead anywhere.
        let reach = if is_first { Reach::Anywhere } else { Reach::Public };
        let credentials = credentials(url).filter(|_| is_first);
        let mut headers = vec![RequestHeader { name: "user-agent", value: USER_AGENT }];
        headers.extend(
            credentials.as_deref().map(|value| RequestHeader { name: "authorization", value }),
        );
        file.set_len(0)?;
        file.rewind()?;
        let request =
            DownloadRequest { headers: &headers, max_size: bounds.size, time: bounds.time };
        let answer = outbound.download_with(&here, reach, request, file).await?;
        let host = here.host_str().unwrap_or_default().to_owned();
        match answer.status {
            200 => return Ok(()),
            301 | 302 | 303 | 307 | 308 => {
                here = target(&here, &answer).ok_or(FetchError::Redirect(host))?;
            }
            status => return Err(FetchError::Status { host, status }),
        }
    }
    Err(FetchError::Redirect(here.host_str().unwrap_or_default().to_owned()))
}

/// Where an answer leads. A secure address leads to no other kind.
fn target(here: &Url, answer: &Answer) -> Option<Url> {
    let location = answer.headers.get("location")?.to_str().ok()?;
    let target = here.join(location).ok()?;
    let is_safe = target.scheme() == "https" || target.scheme() == here.scheme();
    (is_safe && target.has_host()).then_some(target)
}

fn credentials(url: &Url) -> Option<String> {
    let decoded = |text: &str| {
        let pair = form_urlencoded::parse(text.as_bytes()).next();
        pair.map(|(name, _)| name.into_owned()).unwrap_or_default()
    };
    let password = url.password()?;
    let pair = format!("{}:{}", decoded(url.username()), decoded(password));
    Some(format!("Basic {}", BASE64_STANDARD.encode(pair)))
}
