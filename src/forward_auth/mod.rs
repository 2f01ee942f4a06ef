//! How proxies ask us who may pass: what an administrator pastes into their configuration.

mod aliases;
mod caddy;
mod nginx;
mod traefik;

use crate::model::ProtectedHost;

/// Where a proxy asks, and gets an answer that it hands on to the browser.
pub const CHECK: &str = "/api/forward-auth";
/// Where nginx asks: it understands `401` and `403` only.
pub const CHECK_FOR_NGINX: &str = "/api/forward-auth/nginx";
/// The folder of a protected host that is ours.
pub const FOLDER: &str = "/.pocketid/";
/// Where a sign-in arrives at a protected host.
pub const CALLBACK: &str = "/.pocketid/callback";
/// Where people sign out at a protected host.
pub const LOGOUT: &str = "/.pocketid/logout";

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

    /// The lines for a host.
    pub fn lines(self, host: &ProtectedHost, ends: &ProxyEnds) -> String {
        match self {
            Self::Caddy => caddy::lines(host, ends),
            Self::Nginx => nginx::lines(host, ends),
            Self::Traefik => traefik::lines(host, ends),
        }
    }
}

/// What the proxy connects to.
#[derive(Debug, Clone)]
pub struct ProxyEnds {
    /// Host and port at which the proxy reaches this server.
    pub pocketid: String,
    /// Host and port of the application.
    pub application: String,
}

impl ProxyEnds {
    /// On the same machine: this server at its port, and an application at 8080.
    pub fn local(port: u16) -> Self {
        Self { pocketid: format!("127.0.0.1:{port}"), application: "127.0.0.1:8080".to_owned() }
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

    /// Otherwise somebody who sends the header themselves is believed to be that user.
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

    /// A key of the REST API is worth more than the application that it passes.
    #[test]
    fn no_application_gets_a_key_that_opened_it() {
        for kind in ProxyKind::ALL {
            let lines = kind.lines(&host(), &ProxyEnds::local(1411)).to_lowercase();
            assert!(lines.contains("x-api-key"), "{lines}");
        }
    }
}
