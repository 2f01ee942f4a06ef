//! Restricts the addresses of outgoing connections.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses a connection may reach. URLs from untrusted callers must not reach the internal
/// network (SSRF).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Any address, for URLs that an administrator configured: applications may be on internal
    /// networks.
    Anywhere,
    /// Public addresses only.
    Public,
    /// Public addresses, and this machine: for tests of what reaches public addresses.
    PublicOrLoopback,
}

impl Reach {
    /// Whether an address is within reach.
    pub fn includes(self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::Anywhere, _) => true,
            (Self::PublicOrLoopback, address) => {
                address.to_canonical().is_loopback() || Self::Public.includes(address)
            }
            (Self::Public, IpAddr::V4(address)) => is_public_v4(address),
            (Self::Public, IpAddr::V6(address)) => is_public_v6(address),
        }
    }
}

/// Excludes the non-public blocks of the special-purpose registry of IPv4 (RFC 6890).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        // Carrier-grade NAT (RFC 6598).
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        // 6to4 relays (RFC 7526).
        || (a == 192 && b == 88 && c == 99)
        // Benchmarking (RFC 2544).
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !is_special
}

/// Public IPv6 is global unicast, 2000::/3, except the blocks that lead into IPv4 or are for
/// documentation.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let [a, b, ..] = address.segments();
    let is_global_unicast = a & 0xe000 == 0x2000;
    // Teredo and other protocol assignments 2001::/23, documentation, 6to4.
    let is_special = match a {
        0x2001 => b < 0x0200 || b == 0x0db8,
        0x2002 | 0x3fff => true,
        _ => false,
    };
    is_global_unicast && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_networks_are_out_of_reach_in_every_spelling() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
            "2001:db8::1",
            "2001::1",
            "::7f00:1",
        ] {
            assert!(!Reach::Public.includes(address.parse().unwrap()), "{address}");
            assert!(Reach::Anywhere.includes(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_within_reach() {
        for address in ["1.1.1.1", "100.63.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(Reach::Public.includes(address.parse().unwrap()), "{address}");
        }
    }
}
