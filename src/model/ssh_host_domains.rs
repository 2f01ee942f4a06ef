//! The hosts that may have SSH certificates.

use super::SshHostName;

/// The domains whose hosts may have certificates, and for whose hosts laptops trust the authority. Without any, it
/// is every host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SshHostDomains(Vec<SshHostName>);

impl SshHostDomains {
    /// The most domains.
    pub const MAX: usize = 200;

    /// Reads a JSON array; `None` for another text, for what is no domain, and for too many.
    pub fn from_json(text: &str) -> Option<Self> {
        let names: Vec<String> = serde_json::from_str(text).ok()?;
        let mut domains: Vec<SshHostName> = Vec::new();
        for name in &names {
            let domain = name.parse().ok()?;
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        (names.len() <= Self::MAX).then_some(Self(domains))
    }

    /// Whether a host may have a certificate: it is one of the domains, or below one.
    pub fn allow(&self, host: &SshHostName) -> bool {
        let is_in = |domain: &SshHostName| match host.as_str().strip_suffix(domain.as_str()) {
            Some(before) => before.is_empty() || before.ends_with('.'),
            None => false,
        };
        self.0.is_empty() || self.0.iter().any(is_in)
    }

    /// The patterns of `known_hosts` that match the same hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
    pub fn patterns(&self) -> String {
        if self.0.is_empty() {
            return "*".to_owned();
        }
        let patterns = self.0.iter().map(|domain| format!("{domain},*.{domain}"));
        patterns.collect::<Vec<_>>().join(",")
    }

    /// The domains, for people.
    pub fn listed(&self) -> String {
        self.0.iter().map(SshHostName::as_str).collect::<Vec<_>>().join(", ")
    }

    /// As a JSON array.
    pub fn to_json(&self) -> String {
        self.0.iter().map(SshHostName::as_str).collect::<serde_json::Value>().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(domains: &str, host: &str) -> bool {
        SshHostDomains::from_json(domains).unwrap().allow(&host.parse().unwrap())
    }

    #[test]
    fn a_domain_stands_for_itself_and_all_below_it() {
        let domains = r#"["example.com", "db1"]"#;
        for host in ["example.com", "a.example.com", "a.b.EXAMPLE.com.", "db1", "a.db1"] {
            assert!(allow(domains, host), "{host}");
        }
        for host in ["example.org", "badexample.com", "com", "example.com.evil.org", "db10"] {
            assert!(!allow(domains, host), "{host}");
        }
        assert!(allow("[]", "anything.example.org"));
    }

    #[test]
    fn domains_are_plain_names_that_no_line_can_be_split_at() {
        for domains in [
            "example.com",
            r#"["*.example.com"]"#,
            r#"["a,b"]"#,
            r#"["!a"]"#,
            r#"["a b"]"#,
            r#"["a\n@cert-authority *"]"#,
            r#"[""]"#,
            "[1]",
            "{}",
        ] {
            assert!(SshHostDomains::from_json(domains).is_none(), "{domains}");
        }
        let many = serde_json::to_string(&(0..201).map(|n| format!("a{n}")).collect::<Vec<_>>());
        assert!(SshHostDomains::from_json(&many.unwrap()).is_none());
    }

    #[test]
    fn domains_have_one_form() {
        let domains =
            SshHostDomains::from_json(r#"[ "Example.com.", "example.com", "db1" ]"#).unwrap();
        assert_eq!(domains.to_json(), r#"["example.com","db1"]"#);
        assert_eq!(domains.patterns(), "example.com,*.example.com,db1,*.db1");
        assert_eq!(SshHostDomains::default().patterns(), "*");
    }
}
