//! The networks that per-address limits count.
//!
//! One customer has one IPv4 address, but at least 2^64 addresses of IPv6, and often 65,536 such
//! networks. Counting single IPv6 addresses would limit no customer.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The prefix length of one household or one machine in IPv6.
const NARROW: u8 = 64;
/// The prefix length that one customer gets at most from ordinary providers in IPv6 (RFC 6177 §2).
const WIDE: u8 = 48;

/// The smallest network that is counted separately: an IPv4 address, or a /64 of IPv6. An
/// IPv4-mapped address (`::ffff:192.0.2.1`) counts as its IPv4 address.
pub fn narrow(address: IpAddr) -> IpNet {
    match address.to_canonical() {
        IpAddr::V4(address) => IpNet::V4(Ipv4Net::from(address)),
        IpAddr::V6(address) => IpNet::V6(Ipv6Net::new_assert(address, NARROW).trunc()),
    }
}

/// The /48 around an IPv6 address. An IPv4 address has no wider network that belongs to one
/// customer.
pub fn wide(address: IpAddr) -> Option<IpNet> {
    match address.to_canonical() {
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => Some(IpNet::V6(Ipv6Net::new_assert(address, WIDE).trunc())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_ipv4_address_counts_for_itself_however_it_is_written() {
        assert_eq!(narrow(ip("192.0.2.1")).to_string(), "192.0.2.1/32");
        assert_eq!(narrow(ip("::ffff:192.0.2.1")), narrow(ip("192.0.2.1")));
        assert_eq!(wide(ip("192.0.2.1")), None);
        assert_eq!(wide(ip("::ffff:192.0.2.1")), None);
    }

    #[test]
    fn an_ipv6_address_counts_for_its_64_and_its_48() {
        let address = ip("2001:db8:1:2:3:4:5:6");
        assert_eq!(narrow(address).to_string(), "2001:db8:1:2::/64");
        assert_eq!(wide(address).unwrap().to_string(), "2001:db8:1::/48");
        assert_eq!(narrow(address), narrow(ip("2001:db8:1:2:ffff::9")));
        assert_ne!(narrow(address), narrow(ip("2001:db8:1:3::9")));
        assert_eq!(wide(address), wide(ip("2001:db8:1:3::9")));
    }
}
