//! The addresses that a proxy connects to.

/// The two ends behind a proxy.
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
