//! Addresses of inside networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::Ipv6Net;

const LAN: &str = "LAN";
const TAILSCALE: &str = "Tailscale";
const LOCALHOST: &str = "localhost";

/// The kind of inside network that an address belongs to, in the words of Pocket ID 2.14. `local` are
/// public ranges that are used inside.
pub(super) fn kind(address: IpAddr, local: &[Ipv6Net]) -> Option<&'static str> {
    match address.to_canonical() {
        IpAddr::V4(address) => kind_v4(address),
        IpAddr::V6(address) => kind_v6(address, local),
    }
}

fn kind_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, ..] = address.octets();
    if address.is_loopback() {
        Some(LOCALHOST)
    } else if address.is_private() || address.is_link_local() {
        Some(LAN)
    } else if a == 100 && (64..128).contains(&b) {
        // 100.64.0.0/10.
        Some(TAILSCALE)
    } else {
        None
    }
}

fn kind_v6(address: Ipv6Addr, local: &[Ipv6Net]) -> Option<&'static str> {
    const TAILSCALE_PREFIX: [u16; 3] = [0xfd7a, 0x115c, 0xa1e0];
    let segments = address.segments();
    if address.is_loopback() {
        Some(LOCALHOST)
    } else if segments[..3] == TAILSCALE_PREFIX {
        Some(TAILSCALE)
    } else if address.is_unique_local()
        || address.is_unicast_link_local()
        || local.iter().any(|network| network.contains(&address))
    {
        Some(LAN)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_networks_have_the_names_of_pocket_id() {
        let local: Vec<Ipv6Net> = vec!["2001:db8:1::/48".parse().unwrap()];
        for (address, expected) in [
            ("127.0.0.1", Some(LOCALHOST)),
            ("::1", Some(LOCALHOST)),
            ("::ffff:127.8.8.8", Some(LOCALHOST)),
            ("10.1.2.3", Some(LAN)),
            ("172.31.0.1", Some(LAN)),
            ("192.168.1.1", Some(LAN)),
            ("::ffff:192.168.1.1", Some(LAN)),
            ("169.254.1.1", Some(LAN)),
            ("fd00::1", Some(LAN)),
            ("fe80::1", Some(LAN)),
            ("100.64.0.1", Some(TAILSCALE)),
            ("100.127.255.255", Some(TAILSCALE)),
            ("fd7a:115c:a1e0::1", Some(TAILSCALE)),
            ("2001:db8:1::5", Some(LAN)),
            ("2001:db8:2::5", None),
            ("100.128.0.1", None),
            ("172.32.0.1", None),
            ("203.0.113.7", None),
            ("2606:4700::1111", None),
        ] {
            assert_eq!(kind(address.parse().unwrap(), &local), expected, "{address}");
        }
    }
}
