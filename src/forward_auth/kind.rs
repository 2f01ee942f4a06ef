//! The proxies whose lines we know.

use super::{caddy, ends::ProxyEnds, nginx, traefik};
use crate::model::ProtectedHost;

/// A proxy that we know the lines of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// Caddy 2.
    Caddy,
    /// nginx.
    Nginx,
    /// Traefik 2 or 3.
    Traefik,
}

impl ProxyKind {
    /// All of them, by name.
    pub const ALL: [Self; 3] = [Self::Caddy, Self::Nginx, Self::Traefik];

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Caddy => "caddy",
            Self::Nginx => "nginx",
            Self::Traefik => "traefik",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether a proxy needs other lines for a host than before.
    pub fn differ(before: &ProtectedHost, after: &ProtectedHost) -> bool {
        let ends = ProxyEnds::local(80);
        Self::ALL.into_iter().any(|kind| kind.lines(before, &ends) != kind.lines(after, &ends))
    }

    /// The lines for a host.
    pub fn lines(self, host: &ProtectedHost, ends: &ProxyEnds) -> String {
        match self {
            Self::Caddy => caddy::lines(host, ends),
            Self::Nginx => nginx::lines(host, ends),
            Self::Traefik => traefik::lines(host, ends),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{IdentityHeaders, OpenPaths, ProtectedHostId, Timestamp};

    fn host() -> ProtectedHost {
        ProtectedHost {
            id: ProtectedHostId(uuid::Uuid::nil()),
            host: "wiki.example.com".parse().unwrap(),
            is_group_restricted: false,
            headers: IdentityHeaders::default(),
            open_paths: OpenPaths::default(),
            session_seconds: 86_400,
            accepts_bearer_tokens: false,
            accepts_api_keys: true,
            created_at: Timestamp::from_unix(0),
        }
    }

    /// Otherwise a browser that sends the header itself is believed to be that user.
    #[test]
    fn each_proxy_sets_each_header_that_is_sent_and_no_other() {
        let mut host = host();
        host.headers.set("email", "".parse().unwrap()).unwrap();
        for kind in ProxyKind::ALL {
            let lines = kind.lines(&host, &ProxyEnds::local(1411));
            for name in ["Remote-User", "Remote-Name", "Remote-Groups"] {
                assert!(lines.contains(name), "{lines}");
            }
            assert!(!lines.contains("Remote-Email"), "{lines}");
        }
    }

    #[test]
    fn headers_keys_and_the_host_itself_change_the_lines_and_other_rules_do_not() {
        let before = host();
        let mut other = [before.clone(), before.clone(), before.clone(), before.clone()];
        other[0].headers.set("user", "X-User".parse().unwrap()).unwrap();
        other[1].accepts_api_keys = false;
        other[2].host = "wiki.example.org".parse().unwrap();
        assert!(other[..3].iter().all(|after| ProxyKind::differ(&before, after)));
        other[3].session_seconds = 600;
        other[3].accepts_bearer_tokens = true;
        assert!(!ProxyKind::differ(&before, &other[3]));
    }

    /// Caddy and Traefik tell the port that a browser makes up.
    #[test]
    fn each_proxy_names_the_host_in_the_address_that_it_asks() {
        let mut host = host();
        for address in ["wiki.example.com", "wiki.example.com:8443", "[::1]:8443"] {
            host.host = address.parse().unwrap();
            for (kind, path) in [
                (ProxyKind::Caddy, "uri /api/forward-auth"),
                (ProxyKind::Nginx, "proxy_pass http://127.0.0.1:1411/api/forward-auth/nginx"),
                (ProxyKind::Traefik, "forwardauth.address=http://127.0.0.1:1411/api/forward-auth"),
            ] {
                let lines = kind.lines(&host, &ProxyEnds::local(1411));
                let wanted = format!("{path}?host={address}");
                let is_end = |rest: &str| rest.starts_with(['\n', ';', '"']);
                let rest = lines.split_once(&wanted).map(|(_, rest)| rest);
                assert!(rest.is_some_and(is_end), "{wanted}: {lines}");
            }
        }
    }

    /// A key of the REST API is worth more than the application that it passes.
    #[test]
    fn no_application_gets_a_key_that_opened_it() {
        for kind in ProxyKind::ALL {
            let lines = kind.lines(&host(), &ProxyEnds::local(1411)).to_lowercase();
            assert!(lines.contains("x-api-key"), "{lines}");
        }
    }
}
