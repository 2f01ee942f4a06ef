//! Describes a browser by its `User-Agent`. A browser may send any text, so use this only to
//! recognise one's own sessions.

use crate::server::messages::Messages;

/// Browsers by a mark in their `User-Agent`. Later marks also occur in those of earlier browsers,
/// so the order matters.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// A description such as `Firefox on Linux`. For an unknown browser, the beginning of the
/// `User-Agent`.
pub fn describe_browser(user_agent: &str, messages: &Messages) -> String {
    known_browser(user_agent, messages).unwrap_or_else(|| {
        if user_agent.trim().is_empty() {
            messages.get("account.sessions.unknown_device").to_owned()
        } else {
            user_agent.chars().take(40).collect()
        }
    })
}

/// A description such as `Firefox on Linux`, if the browser or the system is known.
pub fn known_browser(user_agent: &str, messages: &Messages) -> Option<String> {
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(BROWSERS), find(SYSTEMS)) {
        (Some(browser), Some(system)) => {
            let values = [("browser", browser), ("system", system)];
            Some(messages.with("account.sessions.device", &values))
        }
        (Some(name), None) | (None, Some(name)) => Some(name.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::messages::Locale;

    #[test]
    fn browsers_are_told_apart() {
        for (user_agent, described) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            ("curl/8.0", "curl/8.0"),
            ("", "Unknown browser"),
        ] {
            assert_eq!(describe_browser(user_agent, Messages::of(Locale::En)), described);
        }
    }
}
