//! Issuer discovery by WebFinger (RFC 7033, OIDC Discovery §2).

use serde::Serialize;
use url::{Host, Url};

/// The relation of a resource to its issuer (OIDC Discovery §2).
pub const ISSUER: &str = "http://openid.net/specs/connect/1.0/issuer";

/// Maximum length of a resource in bytes.
const MAX_RESOURCE: usize = 1_024;

/// The description of a resource (RFC 7033 §4.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ResourceDescriptor {
    subject: String,
    links: Vec<Link>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Link {
    rel: &'static str,
    href: String,
}

/// Why a resource is not described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResourceFault {
    /// It is not a URI, or not of its scheme's form (RFC 7033 §4.2: status 400).
    #[error("the resource is not a URI such as acct:alice@example.com")]
    Malformed,
    /// It belongs to another site.
    #[error("the resource is of another site")]
    Unknown,
}

/// Describes a resource: an account of this site, or the issuer itself. Accounts are not looked up,
/// so the answer does not depend on them. `rels` selects links (RFC 7033 §4.3).
pub fn describe(
    resource: &str,
    rels: &[String],
    issuer: &Url,
) -> Result<ResourceDescriptor, ResourceFault> {
    if resource.len() > MAX_RESOURCE {
        return Err(ResourceFault::Malformed);
    }
    let is_ours = match resource.split_once(':') {
        Some((scheme, account)) if scheme.eq_ignore_ascii_case("acct") => {
            is_site_of(account_host(account)?, issuer)
        }
        _ => is_issuer(&Url::parse(resource).map_err(|_| ResourceFault::Malformed)?, issuer),
    };
    if !is_ours {
        return Err(ResourceFault::Unknown);
    }
    let is_asked = rels.is_empty() || rels.iter().any(|rel| rel == ISSUER);
    let href = issuer.origin().ascii_serialization();
    let links = is_asked.then_some(Link { rel: ISSUER, href }).into_iter().collect();
    Ok(ResourceDescriptor { subject: resource.to_owned(), links })
}

/// The host of an account (RFC 7565 §7). An `@` before it is percent-encoded.
fn account_host(account: &str) -> Result<&str, ResourceFault> {
    let (user, host) = account.split_once('@').ok_or(ResourceFault::Malformed)?;
    let is_user = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(&byte);
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.[]:".contains(&byte);
    let is_good = !user.is_empty()
        && !host.is_empty()
        && user.bytes().all(is_user)
        && host.bytes().all(is_host);
    is_good.then_some(host).ok_or(ResourceFault::Malformed)
}

/// Whether this is the host of the issuer, or a domain above it of two labels at least: people at
/// `id.example.com` have accounts at `example.com`, but not at `com`.
fn is_site_of(host: &str, issuer: &Url) -> bool {
    let own = issuer.host_str().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    if host == own {
        return true;
    }
    let is_domain = matches!(issuer.host(), Some(Host::Domain(_)));
    let above = own.strip_suffix(&host).is_some_and(|rest| rest.ends_with('.'));
    is_domain && above && host.split('.').filter(|label| !label.is_empty()).count() >= 2
}

fn is_issuer(resource: &Url, issuer: &Url) -> bool {
    resource == issuer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe_at(issuer: &str, resource: &str) -> Result<ResourceDescriptor, ResourceFault> {
        describe(resource, &[], &Url::parse(issuer).unwrap())
    }

    #[test]
    fn accounts_of_the_host_and_of_domains_above_it_have_our_issuer() {
        for (issuer, resource) in [
            ("https://id.example.com", "acct:alice@id.example.com"),
            ("https://id.example.com", "acct:alice@example.com"),
            ("https://id.example.com", "ACCT:alice@Example.COM"),
            ("https://id.example.com", "acct:alice%40example.org@example.com"),
            ("https://id.home.example.com", "acct:a@example.com"),
            ("https://id.example.com", "https://id.example.com"),
            ("https://id.example.com", "https://id.example.com/"),
            ("http://localhost:1411", "acct:alice@localhost"),
        ] {
            let found = describe_at(issuer, resource).unwrap();
            assert_eq!(found.links[0].href, issuer, "{resource}");
            assert_eq!(found.subject, resource);
        }
    }

    #[test]
    fn what_belongs_to_others_is_unknown() {
        for (issuer, resource) in [
            ("https://id.example.com", "acct:alice@com"),
            ("https://id.example.com", "acct:alice@.com"),
            ("https://id.example.com", "acct:alice@ple.com"),
            ("https://id.example.com", "acct:alice@d.example.com"),
            ("https://id.example.com", "acct:alice@other.example.com"),
            ("https://id.example.com", "acct:alice@x.id.example.com"),
            ("https://id.example.com", "https://id.example.com/alice"),
            ("https://id.example.com", "https://id.example.com:8443"),
            ("https://id.example.com", "http://id.example.com"),
            ("https://id.example.com", "https://example.com"),
            ("https://id.example.com", "mailto:alice@example.com"),
            ("https://192.168.1.2", "acct:alice@1.2"),
        ] {
            let fault = describe_at(issuer, resource).unwrap_err();
            assert_eq!(fault, ResourceFault::Unknown, "{resource}");
        }
    }

    #[test]
    fn what_is_not_a_uri_is_malformed() {
        for resource in [
            "",
            "alice",
            "alice@example.com",
            "acct:",
            "acct:alice",
            "acct:@example.com",
            "acct:alice@",
            "acct:alice@b@example.com",
            "acct:al ice@example.com",
            "acct:al\u{ef}ce@example.com",
            "acct:alice@exam/ple.com",
            &format!("acct:{}@example.com", "a".repeat(1_024)),
        ] {
            let fault = describe_at("https://id.example.com", resource).unwrap_err();
            assert_eq!(fault, ResourceFault::Malformed, "{resource}");
        }
    }

    /// RFC 7033 §4.3: `rel` selects links, and a resource without the asked ones has none.
    #[test]
    fn a_rel_selects_links() {
        let issuer = Url::parse("https://id.example.com").unwrap();
        let links = |rels: &[&str]| {
            let rels: Vec<_> = rels.iter().map(|rel| (*rel).to_owned()).collect();
            describe("acct:a@example.com", &rels, &issuer).unwrap().links.len()
        };
        assert_eq!((links(&[]), links(&["self", ISSUER]), links(&["self"])), (1, 1, 0));
    }
}
