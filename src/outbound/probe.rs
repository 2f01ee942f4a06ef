//! Checks whether a running server is healthy, for `pocketid healthcheck` and `pocketid doctor`.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use http_body_util::Empty;
use hyper::{StatusCode, Uri, client::conn::http1, header::HOST};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// How long the answer may take.
const TIME: Duration = Duration::from_secs(5);

/// Why a server does not count as healthy.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The address is not usable.
    #[error("cannot connect to {0}: it is not an http:// address")]
    Address(String),
    /// No server answers there.
    #[error("cannot reach {endpoint}: {cause}")]
    Unreachable {
        /// The address.
        endpoint: String,
        /// The cause.
        cause: String,
    },
    /// The server answers that it is not healthy.
    #[error("cannot confirm that {endpoint} is healthy: it answered {status}")]
    Unhealthy {
        /// The address.
        endpoint: String,
        /// The status of the answer.
        status: u16,
    },
}

/// Asks `/healthz` of the server at `endpoint`, such as `http://localhost:1411`.
pub async fn probe(endpoint: &str) -> Result<(), ProbeError> {
    let status = match tokio::time::timeout(TIME, ask(endpoint)).await {
        Ok(status) => status?,
        Err(_elapsed) => return Err(unreachable(endpoint, "it did not answer within 5 seconds")),
    };
    if status.is_success() {
        Ok(())
    } else {
        Err(ProbeError::Unhealthy { endpoint: endpoint.to_owned(), status: status.as_u16() })
    }
}

async fn ask(endpoint: &str) -> Result<StatusCode, ProbeError> {
    let address = || ProbeError::Address(endpoint.to_owned());
    let uri: Uri = endpoint.parse().map_err(|_| address())?;
    if uri.scheme_str() != Some("http") {
        return Err(address());
    }
    let authority = uri.authority().ok_or_else(address)?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let port = authority.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((host, port)).await.map_err(|e| unreachable(endpoint, e))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| unreachable(endpoint, error))?;
    tokio::spawn(connection);
    let request = hyper::Request::get("/healthz")
        .header(HOST, authority.as_str())
        .body(Empty::<Bytes>::new())
        .map_err(|_| address())?;
    let response = sender.send_request(request).await.map_err(|e| unreachable(endpoint, e))?;
    Ok(response.status())
}

fn unreachable(endpoint: &str, cause: impl std::fmt::Display) -> ProbeError {
    ProbeError::Unreachable { endpoint: endpoint.to_owned(), cause: cause.to_string() }
}

/// The address at which this machine reaches a listener.
pub fn address_of(listen: SocketAddr) -> String {
    if listen.ip().is_unspecified() {
        format!("http://localhost:{}", listen.port())
    } else {
        format!("http://{listen}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_everywhere_is_reached_at_localhost() {
        for (listen, endpoint) in [
            ("0.0.0.0:1411", "http://localhost:1411"),
            ("[::]:80", "http://localhost:80"),
            ("192.0.2.1:1411", "http://192.0.2.1:1411"),
            ("[2001:db8::1]:80", "http://[2001:db8::1]:80"),
        ] {
            assert_eq!(address_of(listen.parse().unwrap()), endpoint);
        }
    }
}
