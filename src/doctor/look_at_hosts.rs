//! Looks at protected hosts from outside, without a sign-in.

use std::time::{Duration, Instant};

use crate::{
    model::ProtectedHost,
    outbound::{Outbound, Reach, RequestHeader},
    settings::AppUrl,
};

/// How long an answer may take.
const TIME: Duration = Duration::from_secs(3);
/// How long all of them may take.
const ALL_TIME: Duration = Duration::from_secs(8);
/// A page that no application has. It is asked for where `/` is open.
const UNKNOWN: &str = "/pocketid-doctor";

/// The observation of a protected host.
#[derive(Debug)]
pub struct SeenHost {
    /// The host.
    pub host: String,
    /// Whether its proxy asks here.
    pub protection: HostProtection,
}

/// Whether the proxy of a host asks this server.
#[derive(Debug)]
pub enum HostProtection {
    /// It does.
    Asks,
    /// Everyone may see everything, so there is nothing to ask.
    AllOpen,
    /// It answers by itself.
    Answers(u16),
    /// It is the host of this server.
    Itself,
    /// It could not be asked.
    Unseen(String),
}

/// Asks each host for a page.
pub async fn look_at_hosts(
    outbound: &Outbound,
    app_url: &AppUrl,
    hosts: &[ProtectedHost],
) -> Vec<SeenHost> {
    let end = Instant::now() + ALL_TIME;
    let mut seen = Vec::new();
    for host in hosts {
        let protection = if Instant::now() < end {
            look(outbound, app_url, host).await
        } else {
            HostProtection::Unseen("the other hosts took too long".to_owned())
        };
        seen.push(SeenHost { host: host.host.to_string(), protection });
    }
    seen
}

async fn look(outbound: &Outbound, app_url: &AppUrl, host: &ProtectedHost) -> HostProtection {
    let scheme = app_url.url().scheme();
    let address = host.host.as_str();
    if app_url.as_str() == format!("{scheme}://{address}") {
        return HostProtection::Itself;
    }
    let paths = ["/", UNKNOWN];
    let Some(path) = paths.into_iter().find(|path| !host.open_paths.include(path)) else {
        return HostProtection::AllOpen;
    };
    let Ok(url) = format!("{scheme}://{address}{path}").parse() else {
        return HostProtection::Unseen("its address is not valid".to_owned());
    };
    // A person who opens a page is sent to sign in.
    let header = RequestHeader { name: "accept", value: "text/html" };
    match outbound.get_with(&url, Reach::Anywhere, TIME, header).await {
        Err(error) => HostProtection::Unseen(error.to_string()),
        Ok(answer) => {
            let location = answer.headers.get("location").and_then(|value| value.to_str().ok());
            let here = app_url.join("/forward-auth?");
            if location.is_some_and(|location| location.starts_with(&here)) {
                HostProtection::Asks
            } else {
                HostProtection::Answers(answer.status)
            }
        }
    }
}
