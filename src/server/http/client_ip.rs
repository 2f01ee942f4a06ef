//! Finds the client's address behind proxies.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;

use crate::settings::TrustProxy;

/// The headers by which a proxy forwards information about its client. The client's address is read
/// as Pocket ID 2.14 does: from the first header, or from `X-Real-IP` if the first is missing.
const FORWARDED: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-proto"];

/// Whether a request was forwarded by a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forwarded {
    /// A trusted proxy forwarded it.
    Believed,
    /// There are no headers of a proxy.
    No,
    /// A peer that is not in `TRUST_PROXY` sent headers of a proxy.
    Unbelieved,
}

impl Forwarded {
    /// Detects headers of a proxy, and whether they are trusted.
    pub fn of(peer: IpAddr, headers: &HeaderMap, trust: &TrustProxy) -> Self {
        if !FORWARDED.iter().any(|name| headers.contains_key(*name)) {
            return Self::No;
        }
        if trust.trusts(peer) { Self::Believed } else { Self::Unbelieved }
    }

    /// The form that `pocketid doctor` reads.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Believed => "believed",
            Self::No => "no",
            Self::Unbelieved => "unbelieved",
        }
    }
}

/// Returns the address of the client: the last one in `X-Forwarded-For` that no trusted proxy
/// added.
///
/// Addresses that a client writes into the header itself stand further left, so they are never
/// trusted.
pub fn client_ip(peer: IpAddr, headers: &HeaderMap, trust: &TrustProxy) -> IpAddr {
    let mut client = peer.to_canonical();
    // `TRUST_PROXY=true` means a single proxy in front, whose own entry is the last.
    let most_hops = if *trust == TrustProxy::All { 1 } else { usize::MAX };
    let name =
        if headers.contains_key("x-forwarded-for") { "x-forwarded-for" } else { "x-real-ip" };
    // A client may write any bytes in front of the part its proxy adds. They simply do not parse as
    // an address.
    let lines = headers.get_all(name).iter();
    let hops: Vec<&[u8]> =
        lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
    for hop in hops.into_iter().rev().take(most_hops) {
        let Some(address) = str::from_utf8(hop).ok().and_then(parse) else { break };
        if !trust.trusts(client) {
            break;
        }
        client = address.to_canonical();
    }
    client
}

/// Parses an address as some proxies write it: with a port, or in the brackets of IPv6.
fn parse(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim_ascii();
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let with_port = || hop.parse().ok().map(|address: SocketAddr| address.ip());
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(peer: &str, forwarded: &str, trust: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        client_ip(peer.parse().unwrap(), &headers, &trust.parse().unwrap()).to_string()
    }

    #[test]
    fn a_peer_that_is_no_proxy_speaks_for_itself() {
        assert_eq!(ip("203.0.113.9", "198.51.100.1", "10.0.0.0/8"), "203.0.113.9");
    }

    #[test]
    fn a_client_cannot_forge_its_address_through_a_proxy() {
        assert_eq!(ip("10.0.0.1", "1.1.1.1, 203.0.113.9", "10.0.0.0/8"), "203.0.113.9");
        assert_eq!(ip("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "10.0.0.0/8"), "203.0.113.9");
    }

    #[test]
    fn trust_in_everybody_reaches_one_hop() {
        assert_eq!(ip("10.0.0.1", "1.1.1.1, 203.0.113.9", "true"), "203.0.113.9");
    }

    #[test]
    fn a_hop_that_is_no_address_ends_the_trust() {
        assert_eq!(ip("10.0.0.1", "203.0.113.9, unknown", "10.0.0.0/8"), "10.0.0.1");
    }

    /// Otherwise the client would count as the proxy's address, and share the rate limits of all
    /// its clients.
    #[test]
    fn bytes_that_are_no_text_do_not_hide_what_the_proxy_adds() {
        for (forwarded, client) in [
            (b"\xe9, 203.0.113.9".as_slice(), "203.0.113.9"),
            (b"1.1.1.1\xff,203.0.113.9", "203.0.113.9"),
            (b"1.1.1.1\t,\t203.0.113.9", "203.0.113.9"),
            (b"1.1.1.1, 203.0.113.9\xa0", "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            let value = hyper::header::HeaderValue::from_bytes(forwarded).unwrap();
            headers.insert("x-forwarded-for", value);
            let trust = "10.0.0.0/8".parse().unwrap();
            let found = client_ip("10.0.0.1".parse().unwrap(), &headers, &trust);
            assert_eq!(found.to_string(), client, "{forwarded:?}");
        }
    }

    #[test]
    fn a_port_is_no_part_of_an_address() {
        for (forwarded, client) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("1.1.1.1, 203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("2001:db8::9", "2001:db8::9"),
            ("[::ffff:203.0.113.9]:4711", "203.0.113.9"),
            ("203.0.113.9:", "10.0.0.1"),
            ("[203.0.113.9", "10.0.0.1"),
        ] {
            assert_eq!(ip("10.0.0.1", forwarded, "10.0.0.0/8"), client, "{forwarded}");
        }
    }

    #[test]
    fn a_proxy_that_names_one_address_only_is_heard() {
        let mut headers = HeaderMap::new();
        headers.insert("x-real-ip", "203.0.113.9".parse().unwrap());
        let of = |headers: &HeaderMap, trust: &str| {
            client_ip("10.0.0.1".parse().unwrap(), headers, &trust.parse().unwrap()).to_string()
        };
        assert_eq!(of(&headers, "10.0.0.0/8"), "203.0.113.9");
        assert_eq!(of(&headers, "false"), "10.0.0.1");
        headers.insert("x-forwarded-for", "203.0.113.1".parse().unwrap());
        assert_eq!(of(&headers, "10.0.0.0/8"), "203.0.113.1");
    }

    #[test]
    fn who_speaks_for_others_is_believed_or_not() {
        let forwarded = |name: &'static str, trust: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, "203.0.113.9".parse().unwrap());
            Forwarded::of("10.0.0.1".parse().unwrap(), &headers, &trust.parse().unwrap())
        };
        assert_eq!(forwarded("x-forwarded-for", "false"), Forwarded::Unbelieved);
        assert_eq!(forwarded("forwarded", "192.0.2.1"), Forwarded::Unbelieved);
        assert_eq!(forwarded("x-real-ip", "10.0.0.0/8"), Forwarded::Believed);
        assert_eq!(forwarded("accept", "false"), Forwarded::No);
    }
}
