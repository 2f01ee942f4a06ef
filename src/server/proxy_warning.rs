//! The warning that the headers of a proxy are ignored.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// The largest number of addresses to warn about: anyone may send such headers.
const PEERS: usize = 8;

/// The addresses that the log was warned about.
#[derive(Debug, Default)]
pub(super) struct ProxyWarning(Mutex<Vec<IpAddr>>);

impl ProxyWarning {
    /// Warns once for each address, up to a number of them. Suggests a setting to copy only for a
    /// private address, which may be the administrator's own proxy. A public address may be an
    /// attacker who wants to be trusted.
    pub(super) fn tell(&self, peer: IpAddr) {
        let peer = peer.to_canonical();
        if !self.is_new(peer) {
            return;
        }
        let advice = if is_near(peer) {
            format!("If it is your proxy, set TRUST_PROXY={peer}")
        } else {
            "If it is your proxy, add it to TRUST_PROXY. It is a public address: do not trust \
             it unless you know it"
                .to_owned()
        };
        tracing::warn!(
            %peer,
            "received proxy headers from an address that is not in TRUST_PROXY: all visitors \
             behind it share one rate limit and one address in the audit log. {advice}"
        );
    }

    /// Whether an address is new and may be logged. Private addresses have places of their own,
    /// which public addresses cannot use up.
    fn is_new(&self, peer: IpAddr) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let alike = told.iter().filter(|other| is_near(**other) == is_near(peer)).count();
        let is_new = !told.contains(&peer) && alike < PEERS / 2;
        if is_new {
            told.push(peer);
        }
        is_new
    }
}

/// Whether an address belongs to this machine or a private network.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_do_not_use_up_the_warning_of_a_proxy_of_ones_own() {
        let warning = ProxyWarning::default();
        let told = (0..100).filter(|n| warning.is_new(IpAddr::from([203, 0, 113, *n]))).count();
        assert_eq!(told, PEERS / 2);
        let own: Vec<_> = (0..9).map(|n| IpAddr::from([10, 0, 0, n])).collect();
        assert!(warning.is_new(own[0]) && !warning.is_new(own[0]), "once for each");
        assert_eq!(own.iter().filter(|own| warning.is_new(**own)).count(), PEERS / 2 - 1);
    }

    #[test]
    fn only_an_address_of_a_private_network_is_named_ready_made() {
        for near in ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "::1", "fd00::1"] {
            assert!(is_near(near.parse().unwrap()), "{near}");
        }
        for far in ["203.0.113.1", "2001:db8::1", "172.32.0.1"] {
            assert!(!is_near(far.parse().unwrap()), "{far}");
        }
    }
}
