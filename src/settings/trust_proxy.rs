//! `TRUST_PROXY`: the peers whose `X-Forwarded-For` is trusted.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;

use super::source::parse_bool;

/// The peers that may give the browser's address in `X-Forwarded-For`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TrustProxy {
    /// All peers: only safe if the proxy alone can reach the server.
    All,
    /// No peers.
    #[default]
    None,
    /// Peers in these networks.
    Networks(Vec<IpNet>),
}

impl TrustProxy {
    /// Whether this peer is a trusted proxy.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        match self {
            Self::All => true,
            Self::None => false,
            Self::Networks(networks) => networks.iter().any(|network| network.contains(&peer)),
        }
    }
}

impl TrustProxy {
    /// Whether it trusts every address of a kind.
    pub fn is_everyone(&self) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Networks(networks) => networks.iter().any(|network| network.prefix_len() == 0),
        }
    }

    /// Whether one of its networks has more than 256 addresses.
    pub fn is_broad(&self) -> bool {
        let is_broad = |one: &IpNet| one.max_prefix_len() - one.prefix_len() > 8;
        match self {
            Self::Networks(networks) => networks.iter().any(is_broad),
            Self::All | Self::None => self.is_everyone(),
        }
    }
}

impl FromStr for TrustProxy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match parse_bool(text) {
            Some(true) => return Ok(Self::All),
            Some(false) => return Ok(Self::None),
            None => {}
        }
        let parse = |item: &str| -> Result<IpNet, String> {
            let item = item.trim();
            item.parse::<IpNet>()
                .or_else(|_| item.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| format!("has “{item}”, which is not an IP address or network"))
        };
        text.split(',').map(parse).collect::<Result<_, _>>().map(Self::Networks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_truth_value_or_a_list_of_networks() {
        let trusts = |text: &str, peer: &str| {
            text.parse::<TrustProxy>().unwrap().trusts(peer.parse().unwrap())
        };
        assert!(trusts("true", "203.0.113.1"));
        assert!(!trusts("false", "127.0.0.1"));
        assert!(trusts("10.0.0.0/8, 192.168.1.1", "10.1.2.3"));
        assert!(trusts("10.0.0.0/8, 192.168.1.1", "::ffff:192.168.1.1"));
        assert!(!trusts("10.0.0.0/8, 192.168.1.1", "192.168.1.2"));
        assert!("10.0.0.0/8,proxy".parse::<TrustProxy>().is_err());
    }
}
