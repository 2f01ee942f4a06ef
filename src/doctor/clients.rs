//! Finds callback URLs that send authorization codes to third parties, clients without the keys that
//! their security profile demands, and permissions of exchanges that do not exist.

use super::{Finding, Surroundings};
use crate::{
    model::{Api, Client, redirect_uri::RedirectUriPattern},
    store::{StoreError, apis, clients},
};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let (clients, apis) =
        store.read_blocking(|tx| Ok::<_, StoreError>((clients::list(tx)?, apis::list(tx)?)))?;
    let mut found: Vec<Finding> = clients.iter().flat_map(of_client).collect();
    found.extend(clients.iter().flat_map(|client| unknown_permissions(client, &apis)));
    if found.is_empty() {
        found.push(Finding::ok(match clients.len() {
            0 => "there are no clients yet".to_owned(),
            count => format!("the callback URLs of all {count} are safe"),
        }));
    }
    Ok(found)
}

/// Finds permissions of exchanges that their API does not have, or not any more.
fn unknown_permissions(client: &Client, apis: &[Api]) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in &client.token_exchanges {
        let Some(api) = apis.iter().find(|api| api.resource == rule.target) else { continue };
        for key in rule.scope.iter().filter(|key| api.permission(key).is_none()) {
            found.push(Finding::warning(
                format!(
                    "{} may exchange tokens for the permission {key} of {}, which does not exist",
                    client.id, api.resource
                ),
                format!("pocketid api permission add {} {key}", api.resource),
            ));
        }
    }
    found
}

fn of_client(client: &Client) -> impl Iterator<Item = Finding> {
    let callbacks = client.redirect_uris.iter().filter_map(|pattern| {
        let fault = fault(pattern)?;
        Some(Finding::warning(
            format!("the callback {} of {} {fault}", pattern.as_str(), client.id),
            format!("pocketid client update {} --callback URL", client.id),
        ))
    });
    let after_logout = client.post_logout_redirect_uris.iter().filter_map(|pattern| {
        let fault = fault_after_logout(pattern)?;
        Some(Finding::warning(
            format!("the logout callback {} of {} {fault}", pattern.as_str(), client.id),
            format!("pocketid client update {} --logout-callback URL", client.id),
        ))
    });
    let keys = client.security_profile.filter(|_| client.lacks_keys()).map(|profile| {
        Finding::warning(
            format!("{} cannot authenticate: it has no keys that {profile} allows", client.id),
            format!("pocketid client update {} --jwks FILE", client.id),
        )
    });
    callbacks.chain(after_logout).chain(keys)
}

/// Checks a logout callback. It receives no codes, but it can be an open redirect from a trusted
/// address.
fn fault_after_logout(pattern: &RedirectUriPattern) -> Option<&'static str> {
    let text = pattern.as_str();
    let is_open =
        text == "*" || text.split_once("://").is_some_and(|(_, rest)| is_anybodys(host_of(rest)));
    is_open.then_some("allows a link that redirects users to any site")
}

/// The host and port of a URL without its scheme.
fn host_of(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

fn fault(pattern: &RedirectUriPattern) -> Option<&'static str> {
    let text = pattern.as_str();
    if text == "*" {
        return Some("allows a link that sends authorization codes to any site");
    }
    let (scheme, rest) = text.split_once("://")?;
    let host = host_of(rest);
    if (scheme.starts_with("http") || scheme.contains('*')) && is_anybodys(host) {
        return Some("allows hosts that anyone can register, and so receive authorization codes");
    }
    let is_local = ["localhost", "127.", "[::1]"].iter().any(|local| host.starts_with(local));
    let is_plain = scheme == "http" || scheme.starts_with("http*");
    (is_plain && !is_local).then_some("uses http, so authorization codes are sent unencrypted")
}

/// Whether anyone could register a host that matches the pattern: a wildcard covers its registrable
/// part.
fn is_anybodys(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or_default();
    let labels: Vec<_> = name.split('.').collect();
    let is_address = labels.len() == 4
        && labels[..2].iter().all(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
    !is_address && labels.iter().rev().take(2).any(|label| label.contains('*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_that_strangers_can_have_is_told_from_one_that_they_cannot() {
        let has_fault = |text: &str| fault(&text.parse().unwrap()).is_some();
        for wide in [
            "*",
            "https://*/callback",
            "https://*.com/x",
            "https://example.*/x",
            "http*://app/x",
            "http://app.example.com/x",
            "https://*:8443/x",
        ] {
            assert!(has_fault(wide), "{wide}");
        }
        for narrow in [
            "https://app.example.com/*",
            "https://*.example.com/**",
            "http://localhost:*/x",
            "http://127.0.0.1/x",
            "app.immich:///oauth-callback",
            "https://192.168.1.*/x",
        ] {
            assert!(!has_fault(narrow), "{narrow}");
        }
    }
}
