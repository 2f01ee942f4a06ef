//! Users.

use std::{fmt, str::FromStr};

use serde::Serialize;

use super::{
    DirectoryId, Timestamp, UserId,
    text::{TextError, text_type},
};

text_type!(
    /// A first or last name; may be empty.
    PersonName, 0, 50
);
text_type!(
    /// The display name; may be empty.
    DisplayName, 0, 100
);

impl PersonName {
    /// Returns the empty name.
    pub fn empty() -> Self {
        Self(String::new())
    }
}

impl DisplayName {
    /// Returns the full name, which is the default display name (Pocket ID 2.14).
    pub fn full(first: &PersonName, last: &PersonName) -> Result<Self, TextError> {
        format!("{first} {last}").parse()
    }
}

/// The username: unique, ignoring case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// The username as entered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lower-case form, for comparisons.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for Username {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = super::text::bounded(text, 1, 50)?;
        let ends_well = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '@' | '-');
        let valid = ends_well(text.chars().next())
            && ends_well(text.chars().next_back())
            && text.chars().all(allowed);
        valid.then_some(Self(text)).ok_or_else(|| {
            TextError::format(
                "must only contain letters, numbers, underscores, dots, hyphens, and '@' symbols \
                 and not start or end with a special character",
            )
        })
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An e-mail address: unique, ignoring case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address as entered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lower-case form, for comparisons.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = TextError;

    /// Checks the form `local@domain` (RFC 5321 §4.1.2 without quoted local parts) and the lengths
    /// of RFC 5321 §4.5.3.1. Only a mail can show that the address works.
    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = super::text::bounded(text.trim(), 1, 254)?;
        let fault = || TextError::format("must be a valid email address");
        let (local, domain) = text.rsplit_once('@').ok_or_else(fault)?;
        let local_is_valid = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| !c.is_whitespace() && !r#"@<>()[],;:\""#.contains(c));
        let label_is_valid = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        (local_is_valid && domain.split('.').all(label_is_valid))
            .then_some(Self(text.clone()))
            .ok_or_else(fault)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a user is (`userType`, RFC 7643 §4.1.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum UserType {
    /// A person, who signs in with passkeys.
    #[default]
    Person,
    /// A program, which proves itself with its keys or with tokens of another issuer.
    Service,
}

impl UserType {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Service => "service",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Person, Self::Service].into_iter().find(|known| known.as_str() == text)
    }
}

/// A user account.
#[derive(Debug, Clone)]
pub struct User {
    /// The `sub` claim of its tokens.
    pub id: UserId,
    /// The username.
    pub username: Username,
    /// The e-mail address.
    pub email: Option<EmailAddress>,
    /// Whether the e-mail address was verified.
    pub email_verified: bool,
    /// First name; may be empty.
    pub first_name: PersonName,
    /// Last name; may be empty.
    pub last_name: PersonName,
    /// The display name; may be empty.
    pub display_name: DisplayName,
    /// Whether the user is an administrator.
    pub is_admin: bool,
    /// Whether the user may not sign in.
    pub disabled: bool,
    /// The language of the pages, as a BCP 47 tag; the browser's if not set.
    pub locale: Option<String>,
    /// When the account was created.
    pub created_at: Timestamp,
    /// When one of the fields above was last changed.
    pub updated_at: Timestamp,
    /// The id in the directory that the account comes from; none if it was made here.
    pub ldap_id: Option<DirectoryId>,
    /// Whether it is a person or a program.
    pub user_type: UserType,
}

impl User {
    /// Whether it is a program, and no person.
    pub fn is_service(&self) -> bool {
        self.user_type == UserType::Service
    }

    /// The `name` claim: first and last name, else the display name, else the username.
    pub fn full_name(&self) -> String {
        let full = format!("{} {}", self.first_name, self.last_name);
        match (full.trim(), self.display_name.as_str()) {
            ("", "") => self.username.to_string(),
            ("", display_name) => display_name.to_owned(),
            (full, _) => full.to_owned(),
        }
    }

    /// The name to show in pages: the display name, else as `full_name`.
    pub fn shown_name(&self) -> String {
        match self.display_name.as_str() {
            "" => self.full_name(),
            display_name => display_name.to_owned(),
        }
    }

    /// One or two capital letters for the default profile picture.
    pub fn initials(&self) -> String {
        let names = [self.first_name.as_str(), self.last_name.as_str()];
        let initials: String = names.iter().filter_map(|name| name.chars().next()).collect();
        let initials = if initials.is_empty() {
            self.shown_name().chars().take(2).collect()
        } else {
            initials
        };
        initials.to_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_are_those_of_pocket_id() {
        for good in ["a", "alice", "a.b_c-d@e", "A1", &"a".repeat(50)] {
            assert!(good.parse::<Username>().is_ok(), "{good}");
        }
        for bad in ["", ".a", "a-", "a b", "ä", "a/b", " a", &"a".repeat(51)] {
            assert!(bad.parse::<Username>().is_err(), "{bad}");
        }
    }

    #[test]
    fn email_addresses_need_a_local_part_and_a_domain() {
        for good in ["a@b", "alice@example.com", "a.b+c@sub.example.com", "用户@例子.中国"] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        for bad in
            ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b..c", ".a@b", "a@-b", "a\n@b", "<a@b>"]
        {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_name_claim_falls_back_from_full_to_display_to_username() {
        let mut user = User {
            id: UserId(uuid::Uuid::nil()),
            username: "alice".parse().unwrap(),
            email: None,
            email_verified: false,
            first_name: "Alice".parse().unwrap(),
            last_name: "Liddell".parse().unwrap(),
            display_name: "Ali".parse().unwrap(),
            is_admin: false,
            disabled: false,
            locale: None,
            created_at: Timestamp::from_unix(0),
            updated_at: Timestamp::from_unix(0),
            ldap_id: None,
            user_type: UserType::Person,
        };
        assert_eq!((user.full_name().as_str(), user.initials().as_str()), ("Alice Liddell", "AL"));
        user.first_name = "".parse().unwrap();
        user.last_name = "".parse().unwrap();
        assert_eq!((user.full_name().as_str(), user.initials().as_str()), ("Ali", "AL"));
        user.display_name = "".parse().unwrap();
        assert_eq!(user.full_name(), "alice");
    }
}
