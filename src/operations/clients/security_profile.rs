//! Checks that the settings of a client fit its security profile.

use super::{Refusal, SecurityProfileFault};
use crate::model::{Client, ClientType, SecurityProfile, redirect_uri::RedirectUriPattern};

/// Refuses a client whose settings contradict its profile.
pub fn refuse_misfits(client: &Client) -> Result<(), Refusal> {
    let Some(profile) = client.security_profile else { return Ok(()) };
    let refuse = |fault| Err(Refusal::SecurityProfile(client.name.clone(), fault));
    if client.client_type == ClientType::Public {
        return refuse(SecurityProfileFault::Public);
    }
    let own = [Some(client.id_token_signed_response_alg), client.userinfo_signed_response_alg];
    if let Some(algorithm) = own.into_iter().flatten().find(|one| !profile.allows(*one)) {
        return refuse(SecurityProfileFault::Algorithm(algorithm));
    }
    match client.redirect_uris.iter().find(|pattern| !allows(profile, pattern)) {
        Some(pattern) => refuse(SecurityProfileFault::Callback(pattern.clone())),
        None => Ok(()),
    }
}

/// FAPI 2.0 §5.3.2.1: a redirect URI uses https, or is that of a native app on its own machine; it
/// is compared as a whole.
fn allows(profile: SecurityProfile, pattern: &RedirectUriPattern) -> bool {
    let SecurityProfile::Fapi2 = profile;
    let text = pattern.as_str();
    let is_loopback = ["127.0.0.1", "[::1]"].iter().any(|host| {
        let rest = text.strip_prefix("http://").and_then(|rest| rest.strip_prefix(host));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
    });
    !pattern.has_wildcard() && (text.starts_with("https://") || is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FAPI 2.0 §5.3.2.1.
    #[test]
    fn a_callback_of_fapi_is_exact_and_uses_https_or_the_same_machine() {
        let allows = |text: &str| allows(SecurityProfile::Fapi2, &text.parse().unwrap());
        for good in ["https://app.example.com/cb", "http://127.0.0.1/cb", "http://[::1]:8080/cb"] {
            assert!(allows(good), "{good}");
        }
        for bad in [
            "http://app.example.com/cb",
            "http://127.0.0.1.example.com/cb",
            "https://*.example.com/cb",
            "https://app.example.com/*",
            "com.example.app:/cb",
            "*",
        ] {
            assert!(!allows(bad), "{bad}");
        }
    }
}
