//! Whose request it is, when proxies stand between.

use std::net::IpAddr;

use hyper::HeaderMap;

use crate::settings::TrustProxy;

/// The address of the client: the last one in `X-Forwarded-For` that no proxy of ours added.
///
/// What a client writes into the header itself stands further left, so it is never believed.
pub fn client_ip(peer: IpAddr, headers: &HeaderMap, trust: &TrustProxy) -> IpAddr {
    let mut client = peer.to_canonical();
    // Who trusts everybody has one proxy in front, whose own entry is the last.
    let most_hops = if *trust == TrustProxy::All { 1 } else { usize::MAX };
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    for hop in hops.into_iter().rev().take(most_hops) {
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        if !trust.trusts(client) {
            break;
        }
        client = address.to_canonical();
    }
    client
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
}
