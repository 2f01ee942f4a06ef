//! The registry of configuration keys: name, type, default and meaning of each.
//!
//! The names are those of the REST API, and the variables those of Pocket ID 2.14. The order is
//! that of the REST API.

use super::value_type::ValueType::{
    self, AddressPatterns, Boolean, Choice, Claims, Color, Email, GroupIds, HomePage, HostDomains,
    Integer, Secret, Text,
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
    /// Name of the installation, shown on its pages and in passkey dialogs.
    AppName = "appName", "APP_NAME", Text { max: 30 }, "Pocket ID", Required, Public;
    /// Duration of a session, in minutes.
    SessionDuration = "sessionDuration", "SESSION_DURATION", Integer { min: 1, max: 43_200 }, "60", Required;
    /// Page shown after a sign-in that no application started.
    HomePageUrl = "homePageUrl", "HOME_PAGE_URL", HomePage, "/settings/account", Required, Public;
    /// Whether new emails count as verified.
    EmailsVerified = "emailsVerified", "EMAILS_VERIFIED", Boolean, "false", Required;
    /// Colour of buttons and links, as in CSS; `default` is the built-in one.
    AccentColor = "accentColor", "ACCENT_COLOR", Color, "default", Public;
    /// Whether animations on pages are disabled.
    DisableAnimations = "disableAnimations", "DISABLE_ANIMATIONS", Boolean, "false", Required, Public;
    /// Whether users may change their own name and email.
    AllowOwnAccountEdit = "allowOwnAccountEdit", "ALLOW_OWN_ACCOUNT_EDIT", Boolean, "true", Required, Public;
    /// Sign-up: disabled, with an invitation, or open to everyone.
    AllowUserSignups = "allowUserSignups", "ALLOW_USER_SIGNUPS", Choice(&["disabled", "withToken", "open"]), "disabled", Required, Public;
    /// Groups of users who sign up, unless the invitation has groups.
    SignupDefaultUserGroupIds = "signupDefaultUserGroupIDs", "SIGNUP_DEFAULT_USER_GROUP_IDS", GroupIds, "[]";
    /// Claims of users who sign up.
    SignupDefaultCustomClaims = "signupDefaultCustomClaims", "SIGNUP_DEFAULT_CUSTOM_CLAIMS", Claims, "[]";
    /// Whether an account requires an email.
    RequireUserEmail = "requireUserEmail", "REQUIRE_USER_EMAIL", Boolean, "true", Required, Public;
    /// Host name of the mail server.
    SmtpHost = "smtpHost", "SMTP_HOST", Text { max: 255 }, "";
    /// Port of the mail server.
    SmtpPort = "smtpPort", "SMTP_PORT", Integer { min: 1, max: 65_535 }, "";
    /// Sender address of mail.
    SmtpFrom = "smtpFrom", "SMTP_FROM", Email, "";
    /// Username for the mail server.
    SmtpUser = "smtpUser", "SMTP_USER", LINE, "";
    /// Password for the mail server.
    SmtpPassword = "smtpPassword", "SMTP_PASSWORD", Secret, "";
    /// Encryption of the connection to the mail server.
    SmtpTls = "smtpTls", "SMTP_TLS", Choice(&["none", "starttls", "tls"]), "none", Required;
    /// Whether the certificate of the mail server is not verified.
    SmtpSkipCertVerify = "smtpSkipCertVerify", "SMTP_SKIP_CERT_VERIFY", Boolean, "false", Required;
    /// Whether users get a mail after a sign-in with a new device.
    EmailLoginNotificationEnabled = "emailLoginNotificationEnabled", "EMAIL_LOGIN_NOTIFICATION_ENABLED", Boolean, "false", Required;
    /// Whether users may request a login code by mail on the login page.
    EmailOneTimeAccessAsUnauthenticatedEnabled = "emailOneTimeAccessAsUnauthenticatedEnabled", "EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED", Boolean, "false", Required, Public;
    /// Whether administrators may send a login code by mail.
    EmailOneTimeAccessAsAdminEnabled = "emailOneTimeAccessAsAdminEnabled", "EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED", Boolean, "false", Required, Public;
    /// Whether users get a mail before their API key expires.
    EmailApiKeyExpirationEnabled = "emailApiKeyExpirationEnabled", "EMAIL_API_KEY_EXPIRATION_ENABLED", Boolean, "false", Required;
    /// Whether users are asked to verify their email.
    EmailVerificationEnabled = "emailVerificationEnabled", "EMAIL_VERIFICATION_ENABLED", Boolean, "false", Required, Public;
    /// Whether users and groups come from an LDAP directory.
    LdapEnabled = "ldapEnabled", "LDAP_ENABLED", Boolean, "false", Required, Public;
    /// Address of the LDAP directory, such as ldaps://ldap.example.com.
    LdapUrl = "ldapUrl", "LDAP_URL", LINE, "";
    /// DN of the account that reads the directory.
    LdapBindDn = "ldapBindDn", "LDAP_BIND_DN", LINE, "";
    /// Password of the account that reads the directory.
    LdapBindPassword = "ldapBindPassword", "LDAP_BIND_PASSWORD", Secret, "";
    /// Base DN of searches in the directory.
    LdapBase = "ldapBase", "LDAP_BASE", LINE, "";
    /// Search filter for users.
    LdapUserSearchFilter = "ldapUserSearchFilter", "LDAP_USER_SEARCH_FILTER", LINE, "(objectClass=person)";
    /// Search filter for groups.
    LdapUserGroupSearchFilter = "ldapUserGroupSearchFilter", "LDAP_USER_GROUP_SEARCH_FILTER", LINE, "(objectClass=groupOfNames)";
    /// Whether the certificate of the directory is not verified.
    LdapSkipCertVerify = "ldapSkipCertVerify", "LDAP_SKIP_CERT_VERIFY", Boolean, "false", Required;
    /// Attribute that identifies a user.
    LdapAttributeUserUniqueIdentifier = "ldapAttributeUserUniqueIdentifier", "LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER", LINE, "";
    /// Attribute with the username.
    LdapAttributeUserUsername = "ldapAttributeUserUsername", "LDAP_ATTRIBUTE_USER_USERNAME", LINE, "";
    /// Attribute with the email.
    LdapAttributeUserEmail = "ldapAttributeUserEmail", "LDAP_ATTRIBUTE_USER_EMAIL", LINE, "";
    /// Attribute with the first name.
    LdapAttributeUserFirstName = "ldapAttributeUserFirstName", "LDAP_ATTRIBUTE_USER_FIRST_NAME", LINE, "";
    /// Attribute with the last name.
    LdapAttributeUserLastName = "ldapAttributeUserLastName", "LDAP_ATTRIBUTE_USER_LAST_NAME", LINE, "";
    /// Attribute with the display name.
    LdapAttributeUserDisplayName = "ldapAttributeUserDisplayName", "LDAP_ATTRIBUTE_USER_DISPLAY_NAME", LINE, "cn";
    /// Attribute with the profile picture, or with its URL.
    LdapAttributeUserProfilePicture = "ldapAttributeUserProfilePicture", "LDAP_ATTRIBUTE_USER_PROFILE_PICTURE", LINE, "";
    /// Attribute with the members of a group.
    LdapAttributeGroupMember = "ldapAttributeGroupMember", "LDAP_ATTRIBUTE_GROUP_MEMBER", LINE, "member";
    /// Attribute that identifies a group.
    LdapAttributeGroupUniqueIdentifier = "ldapAttributeGroupUniqueIdentifier", "LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER", LINE, "";
    /// Attribute with the name of a group.
    LdapAttributeGroupName = "ldapAttributeGroupName", "LDAP_ATTRIBUTE_GROUP_NAME", LINE, "";
    /// Directory group whose members are administrators.
    LdapAdminGroupName = "ldapAdminGroupName", "LDAP_ADMIN_GROUP_NAME", LINE, "";
    /// Whether users who left the directory are disabled instead of deleted.
    LdapSoftDeleteUsers = "ldapSoftDeleteUsers", "LDAP_SOFT_DELETE_USERS", Boolean, "true", Required;
    /// Whether passkeys must verify the user with a fingerprint, a face or a PIN.
    WebauthnUserVerification = "webauthnUserVerification", "WEBAUTHN_USER_VERIFICATION", Choice(&["required", "preferred"]), "required", Required;
    /// Whether new passkeys may be synced between devices.
    WebauthnAllowSyncedPasskeys = "webauthnAllowSyncedPasskeys", "WEBAUTHN_ALLOW_SYNCED_PASSKEYS", Boolean, "true", Required;
    /// Where new passkeys may be stored: on this device, on another device, or anywhere.
    WebauthnAuthenticatorAttachment = "webauthnAuthenticatorAttachment", "WEBAUTHN_AUTHENTICATOR_ATTACHMENT", Choice(&["any", "platform", "cross-platform"]), "any", Required;
    /// Allowed URLs of client ID metadata documents of unregistered applications.
    CimdUrlAllowlist = "cimdUrlAllowlist", "CIMD_URL_ALLOWLIST", AddressPatterns, "[]";
    /// How long after a sign-in an application may use refresh tokens, in minutes; 0 means no limit.
    RefreshTokenMaxLifetime = "refreshTokenMaxLifetime", "REFRESH_TOKEN_MAX_LIFETIME", Integer { min: 0, max: 5_256_000 }, "0", Required;
    /// How long SSH certificates are good, in minutes.
    SshCertificateDuration = "sshCertificateDuration", "SSH_CERTIFICATE_DURATION", Integer { min: 5, max: 10_080 }, "600", Required;
    /// Whether `pocketid ssh login` may sign in with a code on another device. A stranger could send such a code to a user.
    SshDeviceLogin = "sshDeviceLogin", "SSH_DEVICE_LOGIN", Boolean, "false", Required;
    /// The domains whose hosts may have SSH certificates, and for which laptops trust them; none means all.
    SshHostDomains = "sshHostDomains", "SSH_HOST_DOMAINS", HostDomains, "[]";
    /// Whether a connection to ldap:// is encrypted with StartTLS.
    LdapStartTls = "ldapStartTls", "LDAP_START_TLS", Boolean, "false", Required;
    /// Whether administrators get a mail about events such as a new administrator or a failed backup.
    EmailAdminNotificationsEnabled = "emailAdminNotificationsEnabled", "EMAIL_ADMIN_NOTIFICATIONS_ENABLED", Boolean, "true", Required;
    /// Whether people may ask an administrator for an application whose metadata document is not on that list: refused or approval.
    CimdUnlisted = "cimdUnlisted", "CIMD_UNLISTED", Choice(&["refused", "approval"]), "refused", Required;
    /// Whether applications may register themselves: off, with a token, or after the approval of an administrator.
    DynamicClientRegistration = "dynamicClientRegistration", "DYNAMIC_CLIENT_REGISTRATION", Choice(&["off", "token", "approval"]), "off", Required;
    /// Whether sessions are bound to a key of their browser, where the browser can do so (Device Bound Session Credentials).
    DeviceBoundSessions = "deviceBoundSessions", "DEVICE_BOUND_SESSIONS", Boolean, "true", Required;
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

    /// Whether it chooses the directory of the users: its owner can make any of them an administrator.
    pub fn is_of_directory(self) -> bool {
        self.name().starts_with("ldap")
    }

    /// Whether it chooses the mail server of login codes, or the users who may have them: the owner of the server can
    /// read the codes.
    pub fn is_of_mailed_codes(self) -> bool {
        self.name().starts_with("smtp") || self.name().starts_with("emailOneTimeAccess")
    }

    /// Whether it decides about SSH certificates.
    pub fn is_of_ssh(self) -> bool {
        self.name().starts_with("ssh")
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
