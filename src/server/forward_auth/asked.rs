//! The request that a proxy asks about, as its headers tell.

use crate::{
    forward_auth::HOST_PARAMETER,
    model::HostAddress,
    server::{
        App,
        http::{Head, Response},
        speculative::is_ahead,
    },
};

use super::words::told;

/// The longest path with its query that a browser is brought back to, in bytes. From a longer one it comes to `/`.
pub(super) const MAX_RETURN: usize = 2_000;

/// Why the headers of a proxy cannot be read, for the administrator of the proxy.
#[derive(Debug)]
pub(super) struct AskedFault(String);

impl AskedFault {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The answer.
    pub(super) fn into_response(self) -> Response {
        told(400, self.0)
    }
}

/// A request to a protected host.
#[derive(Debug, Clone)]
pub(super) struct AskedRequest {
    /// Whether the browser reached the host over TLS.
    pub(super) is_https: bool,
    /// The host.
    pub(super) host: HostAddress,
    /// The path with its query, as the browser sent it.
    pub(super) target: String,
}

impl AskedRequest {
    /// Reads the headers of the proxy.
    pub(super) fn of(app: &App, head: &Head) -> Result<Self, AskedFault> {
        let target = one(head, "x-forwarded-uri")?.ok_or_else(|| missing("X-Forwarded-Uri"))?;
        let asked = Self::at(app, head, target.to_owned())?;
        asked.check_named(head)?;
        Ok(asked)
    }

    /// The same for a request that the proxy handed on, whose path is its own.
    pub(super) fn handed_on(app: &App, head: &Head) -> Result<Self, AskedFault> {
        Self::at(app, head, head.path_and_query())
    }

    fn at(app: &App, head: &Head, target: String) -> Result<Self, AskedFault> {
        let host = one(head, "x-forwarded-host")?.ok_or_else(|| missing("X-Forwarded-Host"))?;
        let scheme = one(head, "x-forwarded-proto")?.ok_or_else(|| missing("X-Forwarded-Proto"))?;
        let host = host
            .parse()
            .map_err(|_| AskedFault::new("The header X-Forwarded-Host does not have a host."))?;
        let is_https = match scheme {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => {
                return Err(AskedFault::new(
                    "The header X-Forwarded-Proto is neither http nor https.",
                ));
            }
        };
        // Cookies of the host would travel in the clear, while everything here is encrypted.
        if !is_https && app.settings().app_url.is_https() {
            return Err(AskedFault::new(format!(
                "{host} was asked for over http. Redirect it to https, and let the proxy send X-Forwarded-Proto."
            )));
        }
        if !target.starts_with('/') {
            return Err(AskedFault::new("The header X-Forwarded-Uri does not have a path."));
        }
        Ok(Self { is_https, host, target })
    }

    /// Fails unless the proxy asks at the address of this host. Caddy and Traefik look for the lines of a request by its name
    /// alone, and pass on any port that a browser says: the rules of another port would open this application.
    fn check_named(&self, head: &Head) -> Result<(), AskedFault> {
        let host = &self.host;
        let named = head.query_value(HOST_PARAMETER);
        match named.and_then(|named| named.parse::<HostAddress>().ok()) {
            Some(named) if *host == named => Ok(()),
            Some(named) => Err(AskedFault::new(format!(
                "The request is for {host}, but its proxy has the lines of {named}."
            ))),
            None => Err(AskedFault::new(format!(
                "The proxy does not name its host in the address that it asks. Replace its lines: pocketid protect show {host} --proxy caddy (or nginx, or traefik)"
            ))),
        }
    }

    /// The path, without the query. A `#` belongs to it: browsers send none, and programs read it in two ways.
    pub(super) fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// A parameter of the query.
    pub(super) fn query_value(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// Scheme, host and port.
    pub(super) fn origin(&self) -> String {
        format!("{}://{}", if self.is_https { "https" } else { "http" }, self.host)
    }

    /// The address to come back to.
    pub(super) fn address(&self) -> String {
        let target = if self.target.len() <= MAX_RETURN { self.target.as_str() } else { "/" };
        format!("{}{target}", self.origin())
    }

    /// The address of the first page.
    pub(super) fn first_page(&self) -> String {
        format!("{}/", self.origin())
    }

    /// Whether a person opens this page in a window, now. A picture, a frame and a prefetch are no wish of theirs.
    pub(super) fn is_opened(head: &Head) -> bool {
        let is = |name: &str, wanted: &str| head.header(name).is_none_or(|value| value == wanted);
        is("x-forwarded-method", "GET")
            && is("sec-fetch-mode", "navigate")
            && is("sec-fetch-dest", "document")
            && !is_ahead(&head.headers)
    }
}

fn missing(name: &str) -> AskedFault {
    AskedFault::new(format!(
        "The proxy does not say which page was asked for: it has to send the header {name}."
    ))
}

/// The only value of a header. Proxies replace what a browser sent; one that adds its own beside it does not.
fn one<'a>(head: &'a Head, name: &'static str) -> Result<Option<&'a str>, AskedFault> {
    let mut values = head.headers.get_all(name).iter();
    let first = values.next().map(|value| value.to_str());
    match (first, values.next()) {
        (_, Some(_)) | (Some(Err(_)), _) => {
            Err(AskedFault::new(format!("The header {name} has to be there once, in ASCII.")))
        }
        (Some(Ok(value)), None) => Ok(Some(value)),
        (None, None) => Ok(None),
    }
}
