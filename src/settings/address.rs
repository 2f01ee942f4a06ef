//! Addresses and ports to listen at.

use std::net::{IpAddr, Ipv4Addr};

/// Reads an address to listen at.
pub(super) fn parse_host(text: &str) -> Result<IpAddr, String> {
    let text = text.to_ascii_lowercase();
    // Brackets are allowed, as in an address with a port.
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    match inner.unwrap_or(&text) {
        "localhost" => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        text => text.parse().map_err(|_| "is not an IP address, such as 0.0.0.0 or ::".into()),
    }
}

/// Reads a port.
pub(super) fn parse_port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "is not a port number from 0 to 65535".into())
}
