//! The addresses that a proxy connects to.

use std::str::FromStr;

use crate::model::{HostAddress, text::TextError};

/// A host with its port, as it stands in the lines for a proxy. Anything else would become other lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyEnd(String);

impl ProxyEnd {
    /// The text.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl FromStr for ProxyEnd {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let is_port = |port: &str| {
            port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse().is_ok_and(|port: u16| port > 0)
        };
        let is_end = text.is_ascii()
            && !text.contains(char::is_whitespace)
            && text.rsplit_once(':').is_some_and(|(_, port)| is_port(port))
            && text.parse::<HostAddress>().is_ok();
        if is_end {
            Ok(Self(text.to_owned()))
        } else {
            Err(TextError::format(
                "must be a host and a port, such as 10.0.0.7:3000, without http://",
            ))
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_host_and_a_port_and_nothing_else() {
        for text in ["127.0.0.1:1411", "wiki:80", "pocket_id:1411", "[::1]:8080", "a.example:443"] {
            assert!(text.parse::<ProxyEnd>().is_ok(), "{text}");
        }
        for text in [
            "",
            "wiki",
            "http://foo:1",
            "a b",
            "a:1 {",
            "a:0",
            "a:65536",
            "a:+80",
            "a:",
            ":80",
            "a:80/x",
            "::1:80",
            "a:1;",
            "a:1\n",
        ] {
            assert!(text.parse::<ProxyEnd>().is_err(), "{text:?}");
        }
    }
}
