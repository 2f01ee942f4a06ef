//! The application configuration: settings that administrators can change while the server runs
//! (Pocket ID 2.14).

mod keys;
mod value_type;

use std::collections::BTreeMap;

pub use keys::ConfigKey;
pub use value_type::ValueType;

use super::{ClientMetadataAllowlist, CustomClaim, GroupId, RegistrationPolicy, SshHostDomains};
use crate::crypto::Secret;

/// The source of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The built-in default.
    Default,
    /// The environment variables of the server.
    Environment,
    /// The database.
    Stored,
}

impl Origin {
    /// The name, in output and in the REST API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Environment => "environment",
            Self::Stored => "stored",
        }
    }
}

/// The sign-up policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserSignups {
    /// Sign-up is disabled.
    Disabled,
    /// Every visitor may sign up.
    Open,
    /// Visitors with an invitation may sign up.
    WithToken,
}

/// The whole configuration at one moment: a value for each key.
#[derive(Debug, Clone)]
pub struct AppConfig {
    chosen: BTreeMap<ConfigKey, Secret>,
    origin: Origin,
    client_metadata_allowlist: ClientMetadataAllowlist,
}

impl AppConfig {
    /// Combines checked values with the defaults; `origin` is the source of the values.
    pub fn new(chosen: BTreeMap<ConfigKey, Secret>, origin: Origin) -> Self {
        let allowlist = chosen.get(&ConfigKey::CimdUrlAllowlist);
        let allowlist = allowlist.and_then(|list| list.expose().parse().ok());
        Self { client_metadata_allowlist: allowlist.unwrap_or_default(), chosen, origin }
    }

    /// Returns the source of a key's value.
    pub fn origin(&self, key: ConfigKey) -> Origin {
        if self.chosen.contains_key(&key) { self.origin } else { Origin::Default }
    }

    /// Returns the value of a key as text. It may be a secret: mind who can see it.
    pub fn text(&self, key: ConfigKey) -> &str {
        self.chosen.get(&key).map_or(key.default_value(), Secret::expose)
    }

    /// Returns the value of a boolean key.
    pub fn flag(&self, key: ConfigKey) -> bool {
        self.text(key) == "true"
    }

    /// The name of the installation.
    pub fn app_name(&self) -> &str {
        self.text(ConfigKey::AppName)
    }

    /// Lifetime of a session, in seconds.
    pub fn session_seconds(&self) -> i64 {
        self.text(ConfigKey::SessionDuration).parse().map_or(3_600, |minutes: i64| minutes * 60)
    }

    /// How long after a sign-in refresh tokens can be renewed, in seconds; `None` means without
    /// limit.
    pub fn refresh_token_max_seconds(&self) -> Option<i64> {
        let minutes = self.text(ConfigKey::RefreshTokenMaxLifetime).parse::<i64>().ok();
        minutes.filter(|minutes| *minutes > 0).map(|minutes| minutes * 60)
    }

    /// How long SSH certificates are good, in seconds.
    pub fn ssh_certificate_seconds(&self) -> i64 {
        let minutes = self.text(ConfigKey::SshCertificateDuration).parse::<i64>();
        minutes.map_or(36_000, |minutes| minutes * 60)
    }

    /// The domains whose hosts may have SSH certificates.
    pub fn ssh_host_domains(&self) -> SshHostDomains {
        SshHostDomains::from_json(self.text(ConfigKey::SshHostDomains)).unwrap_or_default()
    }

    /// The page after a sign-in that no client requested.
    pub fn home_page_url(&self) -> &str {
        self.text(ConfigKey::HomePageUrl)
    }

    /// Whether new emails count as verified.
    pub fn emails_verified(&self) -> bool {
        self.flag(ConfigKey::EmailsVerified)
    }

    /// The colour of buttons and links; `None` for our own.
    pub fn accent_color(&self) -> Option<&str> {
        Some(self.text(ConfigKey::AccentColor)).filter(|color| !matches!(*color, "" | "default"))
    }

    /// Whether pages have no animations.
    pub fn disable_animations(&self) -> bool {
        self.flag(ConfigKey::DisableAnimations)
    }

    /// Whether users may change their own name and e-mail address.
    pub fn allow_own_account_edit(&self) -> bool {
        self.flag(ConfigKey::AllowOwnAccountEdit)
    }

    /// The sign-up policy.
    pub fn allow_user_signups(&self) -> UserSignups {
        match self.text(ConfigKey::AllowUserSignups) {
            "open" => UserSignups::Open,
            "withToken" => UserSignups::WithToken,
            _ => UserSignups::Disabled,
        }
    }

    /// The groups of new users who sign up. Some may have been deleted.
    pub fn signup_default_groups(&self) -> Vec<GroupId> {
        let ids = self.text(ConfigKey::SignupDefaultUserGroupIds);
        serde_json::from_str(ids).unwrap_or_default()
    }

    /// The custom claims of new users who sign up.
    pub fn signup_default_claims(&self) -> Vec<CustomClaim> {
        let claims = serde_json::from_str(self.text(ConfigKey::SignupDefaultCustomClaims));
        claims.ok().and_then(|claims| value_type::claims(&claims)).unwrap_or_default()
    }

    /// Whether a profile entered in a browser or over the REST API needs an e-mail address (Pocket
    /// ID 2.14). On the command line, accounts can be created without one.
    pub fn require_user_email(&self) -> bool {
        self.flag(ConfigKey::RequireUserEmail)
    }

    /// Whether a passkey must verify its user (WebAuthn L3 §6, user verification).
    pub fn requires_user_verification(&self) -> bool {
        self.text(ConfigKey::WebauthnUserVerification) != "preferred"
    }

    /// Whether new passkeys may be synced between devices.
    pub fn allows_synced_passkeys(&self) -> bool {
        self.flag(ConfigKey::WebauthnAllowSyncedPasskeys)
    }

    /// The required kind of authenticator for new passkeys (WebAuthn L3 §5.4.5); `None` for any.
    pub fn authenticator_attachment(&self) -> Option<&str> {
        let attachment = self.text(ConfigKey::WebauthnAuthenticatorAttachment);
        Some(attachment).filter(|attachment| *attachment != "any")
    }

    /// The policy on clients that register themselves.
    pub fn registration_policy(&self) -> RegistrationPolicy {
        match self.text(ConfigKey::DynamicClientRegistration) {
            "approval" => RegistrationPolicy::Approval,
            "token" => RegistrationPolicy::Token,
            _ => RegistrationPolicy::Off,
        }
    }

    /// Whether administrators may be asked for a client whose metadata document is not on the list.
    pub fn asks_for_unlisted_documents(&self) -> bool {
        self.text(ConfigKey::CimdUnlisted) == "approval"
    }

    /// The URLs that clients with a metadata document may use as their id.
    pub fn client_metadata_allowlist(&self) -> &ClientMetadataAllowlist {
        &self.client_metadata_allowlist
    }
}

impl Default for AppConfig {
    fn default() -> Self {
        Self::new(BTreeMap::new(), Origin::Default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_chose_has_its_default() {
        let chosen = [(ConfigKey::SessionDuration, Secret::new("5"))].into();
        let config = AppConfig::new(chosen, Origin::Stored);
        assert_eq!(config.session_seconds(), 300);
        assert_eq!(config.origin(ConfigKey::SessionDuration), Origin::Stored);
        assert_eq!(config.app_name(), "Pocket ID");
        assert_eq!(config.origin(ConfigKey::AppName), Origin::Default);
        assert_eq!(config.accent_color(), None);
        assert_eq!(config.refresh_token_max_seconds(), None);
        assert!(config.client_metadata_allowlist().is_empty());
    }

    #[test]
    fn a_configuration_does_not_print_secrets() {
        let chosen = [(ConfigKey::SmtpPassword, Secret::new("hunter2"))].into();
        assert!(!format!("{:?}", AppConfig::new(chosen, Origin::Stored)).contains("hunter2"));
    }
}
