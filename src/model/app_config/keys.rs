//! The registry of configuration keys: name, type, default and meaning of each.
//!
//! The names are those of the REST API, and the variables those of Pocket ID 2.14. The order is
//! that of the REST API.

use super::value_type::ValueType::{
    self, AddressPatterns, Boolean, Choice, Claims, Color, Email, GroupIds, HomePage, Integer,
    Secret, Text,
};
use crate::model::text::TextError;

/// The properties of a key.
#[derive(Debug)]
struct Definition {
    name: &'static str,
    env: &'static str,
    value_type: ValueType,
    default: &'static str,
    description: &'static str,
    flags: &'static [Flag],
}

/// A property of a key that is true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flag {
    /// Visible without signing in.
    Public,
    /// The value cannot be empty.
    Required,
}

/// Declares the keys. The comment above a key is also its description in output and JSON Schema.
macro_rules! config_keys {
    ($(#[doc = $doc:literal] $key:ident = $name:literal, $env:literal, $type:expr, $default:literal
        $(, $flag:ident)*;)+) => {
        /// A key of the application configuration.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ConfigKey {
            $(#[doc = $doc] $key,)+
        }

        impl ConfigKey {
            /// Every key, in the order of the REST API.
            pub const ALL: &[Self] = &[$(Self::$key),+];
        }

        const DEFINITIONS: &[Definition] = &[$(Definition {
            name: $name,
            env: $env,
            value_type: $type,
            default: $default,
            description: $doc,
            flags: &[$(Flag::$flag),*],
        }),+];
    };
}

/// Longest address, name or filter, in characters.
const LINE: ValueType = Text { max: 1_000 };

config_keys! {
    /// What the installation calls itself, on its pages and in passkey dialogs.
    AppName = "appName", "APP_NAME", Text { max: 30 }, "Pocket ID", Required, Public;
    /// How long somebody stays signed in, in minutes.
    SessionDuration = "sessionDuration", "SESSION_DURATION", Integer { min: 1, max: 43_200 }, "60", Required;
    /// Where people come out who signed in for no application in particular.
    HomePageUrl = "homePageUrl", "HOME_PAGE_URL", HomePage, "/settings/account", Required, Public;
    /// Whether new e-mail addresses count as verified.
    EmailsVerified = "emailsVerified", "EMAILS_VERIFIED", Boolean, "false", Required;
    /// The colour of buttons and links, as in a style sheet; `default` is our own.
    AccentColor = "accentColor", "ACCENT_COLOR", Color, "default", Public;
    /// Whether pages do without motion.
    DisableAnimations = "disableAnimations", "DISABLE_ANIMATIONS", Boolean, "false", Required, Public;
    /// Whether people may change their own name and e-mail address.
    AllowOwnAccountEdit = "allowOwnAccountEdit", "ALLOW_OWN_ACCOUNT_EDIT", Boolean, "true", Required, Public;
    /// Who may make an account: nobody, who was invited, or everybody.
    AllowUserSignups = "allowUserSignups", "ALLOW_USER_SIGNUPS", Choice(&["disabled", "withToken", "open"]), "disabled", Required, Public;
    /// The groups of who signs up, unless the invitation names some.
    SignupDefaultUserGroupIds = "signupDefaultUserGroupIDs", "SIGNUP_DEFAULT_USER_GROUP_IDS", GroupIds, "[]";
    /// The claims of who signs up.
    SignupDefaultCustomClaims = "signupDefaultCustomClaims", "SIGNUP_DEFAULT_CUSTOM_CLAIMS", Claims, "[]";
    /// Whether an account needs an e-mail address.
    RequireUserEmail = "requireUserEmail", "REQUIRE_USER_EMAIL", Boolean, "true", Required, Public;
    /// The mail server.
    SmtpHost = "smtpHost", "SMTP_HOST", Text { max: 255 }, "";
    /// The port of the mail server.
    SmtpPort = "smtpPort", "SMTP_PORT", Integer { min: 1, max: 65_535 }, "";
    /// The address that mail comes from.
    SmtpFrom = "smtpFrom", "SMTP_FROM", Email, "";
    /// The user name at the mail server.
    SmtpUser = "smtpUser", "SMTP_USER", LINE, "";
    /// The password at the mail server.
    SmtpPassword = "smtpPassword", "SMTP_PASSWORD", Secret, "";
    /// How the connection to the mail server is protected.
    SmtpTls = "smtpTls", "SMTP_TLS", Choice(&["none", "starttls", "tls"]), "none", Required;
    /// Whether the mail server may show any certificate.
    SmtpSkipCertVerify = "smtpSkipCertVerify", "SMTP_SKIP_CERT_VERIFY", Boolean, "false", Required;
    /// Whether people get a mail when they sign in with a new device.
    EmailLoginNotificationEnabled = "emailLoginNotificationEnabled", "EMAIL_LOGIN_NOTIFICATION_ENABLED", Boolean, "false", Required;
    /// Whether people may have a login code sent by mail from the login page.
    EmailOneTimeAccessAsUnauthenticatedEnabled = "emailOneTimeAccessAsUnauthenticatedEnabled", "EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED", Boolean, "false", Required, Public;
    /// Whether administrators may send a login code by mail.
    EmailOneTimeAccessAsAdminEnabled = "emailOneTimeAccessAsAdminEnabled", "EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED", Boolean, "false", Required, Public;
    /// Whether people get a mail before an API key of theirs expires.
    EmailApiKeyExpirationEnabled = "emailApiKeyExpirationEnabled", "EMAIL_API_KEY_EXPIRATION_ENABLED", Boolean, "false", Required;
    /// Whether people are asked to verify their e-mail address.
    EmailVerificationEnabled = "emailVerificationEnabled", "EMAIL_VERIFICATION_ENABLED", Boolean, "false", Required, Public;
    /// Whether users and groups come from an LDAP directory.
    LdapEnabled = "ldapEnabled", "LDAP_ENABLED", Boolean, "false", Required, Public;
    /// The address of the directory, such as ldaps://ldap.example.com.
    LdapUrl = "ldapUrl", "LDAP_URL", LINE, "";
    /// Who reads the directory.
    LdapBindDn = "ldapBindDn", "LDAP_BIND_DN", LINE, "";
    /// The password of who reads the directory.
    LdapBindPassword = "ldapBindPassword", "LDAP_BIND_PASSWORD", Secret, "";
    /// Where in the directory to search.
    LdapBase = "ldapBase", "LDAP_BASE", LINE, "";
    /// Which entries are users.
    LdapUserSearchFilter = "ldapUserSearchFilter", "LDAP_USER_SEARCH_FILTER", LINE, "(objectClass=person)";
    /// Which entries are groups.
    LdapUserGroupSearchFilter = "ldapUserGroupSearchFilter", "LDAP_USER_GROUP_SEARCH_FILTER", LINE, "(objectClass=groupOfNames)";
    /// Whether the directory may show any certificate.
    LdapSkipCertVerify = "ldapSkipCertVerify", "LDAP_SKIP_CERT_VERIFY", Boolean, "false", Required;
    /// The attribute that a user is recognised by.
    LdapAttributeUserUniqueIdentifier = "ldapAttributeUserUniqueIdentifier", "LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER", LINE, "";
    /// The attribute with the user name.
    LdapAttributeUserUsername = "ldapAttributeUserUsername", "LDAP_ATTRIBUTE_USER_USERNAME", LINE, "";
    /// The attribute with the e-mail address.
    LdapAttributeUserEmail = "ldapAttributeUserEmail", "LDAP_ATTRIBUTE_USER_EMAIL", LINE, "";
    /// The attribute with the first name.
    LdapAttributeUserFirstName = "ldapAttributeUserFirstName", "LDAP_ATTRIBUTE_USER_FIRST_NAME", LINE, "";
    /// The attribute with the last name.
    LdapAttributeUserLastName = "ldapAttributeUserLastName", "LDAP_ATTRIBUTE_USER_LAST_NAME", LINE, "";
    /// The attribute with the name that people see.
    LdapAttributeUserDisplayName = "ldapAttributeUserDisplayName", "LDAP_ATTRIBUTE_USER_DISPLAY_NAME", LINE, "cn";
    /// The attribute with the picture, or with its address.
    LdapAttributeUserProfilePicture = "ldapAttributeUserProfilePicture", "LDAP_ATTRIBUTE_USER_PROFILE_PICTURE", LINE, "";
    /// The attribute with the members of a group.
    LdapAttributeGroupMember = "ldapAttributeGroupMember", "LDAP_ATTRIBUTE_GROUP_MEMBER", LINE, "member";
    /// The attribute that a group is recognised by.
    LdapAttributeGroupUniqueIdentifier = "ldapAttributeGroupUniqueIdentifier", "LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER", LINE, "";
    /// The attribute with the name of a group.
    LdapAttributeGroupName = "ldapAttributeGroupName", "LDAP_ATTRIBUTE_GROUP_NAME", LINE, "";
    /// The group in the directory whose members are administrators.
    LdapAdminGroupName = "ldapAdminGroupName", "LDAP_ADMIN_GROUP_NAME", LINE, "";
    /// Whether users who left the directory are disabled, and not removed.
    LdapSoftDeleteUsers = "ldapSoftDeleteUsers", "LDAP_SOFT_DELETE_USERS", Boolean, "true", Required;
    /// Whether a passkey has to ask for a fingerprint, a face or a PIN.
    WebauthnUserVerification = "webauthnUserVerification", "WEBAUTHN_USER_VERIFICATION", Choice(&["required", "preferred"]), "required", Required;
    /// Whether new passkeys may be synced between devices.
    WebauthnAllowSyncedPasskeys = "webauthnAllowSyncedPasskeys", "WEBAUTHN_ALLOW_SYNCED_PASSKEYS", Boolean, "true", Required;
    /// Where new passkeys may be: in this device, in another one, or anywhere.
    WebauthnAuthenticatorAttachment = "webauthnAuthenticatorAttachment", "WEBAUTHN_AUTHENTICATOR_ATTACHMENT", Choice(&["any", "platform", "cross-platform"]), "any", Required;
    /// The addresses at which applications that nobody registers may describe themselves.
    CimdUrlAllowlist = "cimdUrlAllowlist", "CIMD_URL_ALLOWLIST", AddressPatterns, "[]";
    /// How long after a sign-in an application may renew its refresh tokens, in minutes; 0 sets no limit.
    RefreshTokenMaxLifetime = "refreshTokenMaxLifetime", "REFRESH_TOKEN_MAX_LIFETIME", Integer { min: 0, max: 5_256_000 }, "0", Required;
}

impl ConfigKey {
    fn definition(self) -> &'static Definition {
        &DEFINITIONS[self as usize]
    }

    /// Finds a key by its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        self.definition().name
    }

    /// The environment variable.
    pub fn env(self) -> &'static str {
        self.definition().env
    }

    /// The type of its values.
    pub fn value_type(self) -> ValueType {
        self.definition().value_type
    }

    /// The default value.
    pub fn default_value(self) -> &'static str {
        self.definition().default
    }

    /// The description, in one line.
    pub fn description(self) -> &'static str {
        self.definition().description.trim()
    }

    /// Whether it is visible without signing in.
    pub fn is_public(self) -> bool {
        self.definition().flags.contains(&Flag::Public)
    }

    /// Whether it must have a value.
    pub fn is_required(self) -> bool {
        self.definition().flags.contains(&Flag::Required)
    }

    /// Whether this program uses it. Keys for mail and LDAP are only stored, for Pocket ID: this
    /// program has neither.
    pub fn has_effect(self) -> bool {
        let is_mail = self.name().starts_with("smtp") || self.name().starts_with("email");
        let is_directory = self.name().starts_with("ldap");
        self == Self::EmailsVerified || !(is_mail || is_directory)
    }

    /// Whether its value is a secret. Secrets are sealed, and hidden unless asked for.
    pub fn is_secret(self) -> bool {
        matches!(self.value_type(), Secret)
    }

    /// Checks a value and returns its stored form. Only optional keys accept an empty value.
    pub fn check(self, text: &str) -> Result<String, TextError> {
        match text {
            "" if self.is_required() => Err(TextError::required()),
            "" => Ok(String::new()),
            text => self.value_type().check(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_of_its_key() {
        for key in ConfigKey::ALL {
            let default = key.default_value();
            assert_eq!(key.check(default).unwrap(), default, "{}", key.name());
        }
    }

    #[test]
    fn a_variable_is_the_name_in_capitals() {
        for key in ConfigKey::ALL {
            let plain = |text: &str| text.replace('_', "").to_ascii_lowercase();
            assert_eq!(plain(key.env()), plain(key.name()));
            assert_eq!(ConfigKey::parse(key.name()), Some(*key));
            assert!(key.description().ends_with('.'), "{}", key.name());
        }
    }

    #[test]
    fn an_empty_value_is_for_keys_that_need_none() {
        assert_eq!(ConfigKey::AppName.check("").unwrap_err().code, "required");
        assert_eq!(ConfigKey::SmtpHost.check("").unwrap(), "");
    }
}
