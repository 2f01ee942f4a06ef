//! Entries of the directory as people: the mapping of attributes, and their faults.

use std::str::FromStr;

use super::{settings::UserAttributes, unique_id::unique_id, warnings::shown};
use crate::{
    crypto::Digest,
    model::{
        DirectoryId, DisplayName, EmailAddress, PersonName, Username, reads_as_id, text::TextError,
    },
    outbound::LdapEntry,
};

/// A person of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id in the directory.
    pub id: DirectoryId,
    /// The fields of the account; `None` when the entry cannot be used. The account keeps them then.
    pub profile: Option<PersonProfile>,
    /// The picture.
    pub picture: Option<PictureSource>,
}

/// Where a picture is. It is fetched when it has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureSource {
    /// The DN of the entry.
    pub dn: String,
    /// SHA-256 of the value, in hexadecimal.
    pub digest: String,
}

/// The fields of an account that the directory sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonProfile {
    pub username: Username,
    pub email: Option<EmailAddress>,
    pub first_name: PersonName,
    pub last_name: PersonName,
    pub display_name: DisplayName,
}

impl PersonProfile {
    /// The username and the email, in lower case.
    pub fn login_names(&self) -> Vec<String> {
        let email = self.email.as_ref().map(EmailAddress::folded);
        [self.username.folded()].into_iter().chain(email).collect()
    }
}

/// Why an entry has no id, or cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable(pub String);

/// The rules for reading entries.
#[derive(Debug, Clone, Copy)]
pub struct PersonRules<'a> {
    pub attributes: &'a UserAttributes,
    pub require_email: bool,
}

impl PersonRules<'_> {
    /// The id of an entry.
    pub fn id(&self, entry: &LdapEntry) -> Result<DirectoryId, Unusable> {
        let value = entry.values(&self.attributes.id).first();
        value
            .and_then(|value| unique_id(value))
            .ok_or_else(|| Unusable(format!("{}: no {}", shown(&entry.dn), self.attributes.id)))
    }

    /// The profile in an entry, under the rules of the REST API (Pocket ID 2.14).
    pub fn profile(&self, entry: &LdapEntry) -> Result<PersonProfile, Unusable> {
        let attributes = self.attributes;
        let reader = Reader { entry };
        let username: Username = reader.read(&attributes.username, "username")?;
        if reads_as_id(username.as_str()) {
            let username = username.as_str();
            return Err(reader.unusable(&format!("the username {username} has the form of an id")));
        }
        let email = match reader.text(&attributes.email) {
            text if text.is_empty() && self.require_email => {
                return Err(reader.unusable("it has no email, and accounts need one"));
            }
            text if text.is_empty() => None,
            _ => Some(reader.read(&attributes.email, "email")?),
        };
        let first_name: PersonName = reader.read(&attributes.first_name, "first name")?;
        let last_name: PersonName = reader.read(&attributes.last_name, "last name")?;
        let display_name = match reader.text(&attributes.display_name) {
            text if text.is_empty() => DisplayName::full(&first_name, &last_name)
                .map_err(|error| reader.unusable(&format!("the display name {error}")))?,
            _ => reader.read(&attributes.display_name, "display name")?,
        };
        Ok(PersonProfile { username, email, first_name, last_name, display_name })
    }

    /// The picture in an entry.
    pub fn picture(&self, entry: &LdapEntry) -> Option<PictureSource> {
        let value = entry.values(&self.attributes.picture).first()?;
        let digest = Digest::of(value).hex();
        (!value.is_empty()).then(|| PictureSource { dn: entry.dn.clone(), digest })
    }
}

struct Reader<'a> {
    entry: &'a LdapEntry,
}

impl Reader<'_> {
    /// The first value of an attribute; empty when there is none.
    fn text(&self, attribute: &str) -> String {
        let value = self.entry.values(attribute).first().map(Vec::as_slice).unwrap_or_default();
        String::from_utf8_lossy(value).trim().to_owned()
    }

    fn read<T: FromStr<Err = TextError>>(
        &self,
        attribute: &str,
        name: &str,
    ) -> Result<T, Unusable> {
        let text = self.text(attribute);
        text.parse().map_err(|error| self.unusable(&format!("the {name} {error}")))
    }

    fn unusable(&self, why: &str) -> Unusable {
        Unusable(format!("{}: {why}", shown(&self.entry.dn)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes() -> UserAttributes {
        UserAttributes {
            id: "entryUUID".to_owned(),
            username: "uid".to_owned(),
            email: "mail".to_owned(),
            first_name: "givenName".to_owned(),
            last_name: "sn".to_owned(),
            display_name: "cn".to_owned(),
            picture: "jpegPhoto".to_owned(),
        }
    }

    fn entry(values: &[(&str, &str)]) -> LdapEntry {
        let values = values.iter();
        let values =
            values.map(|(name, value)| ((*name).to_owned(), vec![value.as_bytes().to_vec()]));
        LdapEntry::new("uid=alice,dc=example", values.collect())
    }

    fn read(values: &[(&str, &str)], require_email: bool) -> Result<PersonProfile, String> {
        let rules = PersonRules { attributes: &attributes(), require_email };
        rules.profile(&entry(values)).map_err(|Unusable(why)| why)
    }

    #[test]
    fn attributes_are_read_whatever_their_case() {
        let values = [("UID", "alice"), ("Mail", " a@x.org "), ("givenname", "Alice"), ("SN", "L")];
        let person = read(&values, true).unwrap();
        assert_eq!(person.username.as_str(), "alice");
        assert_eq!(person.email.unwrap().as_str(), "a@x.org");
        assert_eq!(person.display_name.as_str(), "Alice L");
    }

    #[test]
    fn an_entry_that_no_account_can_be_is_told_with_its_reason() {
        let long = "x".repeat(51);
        for (values, require_email, reason) in [
            (&[("mail", "a@x.org")] as &[_], false, "the username is required"),
            (&[("uid", "a b")], false, "the username must only contain"),
            (&[("uid", "a")], true, "it has no email, and accounts need one"),
            (&[("uid", "a"), ("mail", "nowhere")], false, "the email must be"),
            (&[("uid", "a"), ("sn", &long)], false, "the last name must be at most 50"),
            (&[("uid", "a"), ("cn", "\u{1b}[2J")], false, "the display name must not contain"),
            (&[("uid", "2f0e4c9c-3f1f-103f-8b7e-5d5f3e6a9b10")], false, "has the form of an id"),
        ] {
            let fault = read(values, require_email).unwrap_err();
            assert!(
                fault.starts_with("uid=alice,dc=example: ") && fault.contains(reason),
                "{fault}"
            );
        }
        assert_eq!(read(&[("uid", "a")], false).unwrap().email, None);
    }

    #[test]
    fn an_entry_without_an_id_is_told() {
        let attributes = attributes();
        let rules = PersonRules { attributes: &attributes, require_email: false };
        let fault = rules.id(&entry(&[("uid", "alice")])).unwrap_err();
        assert_eq!(fault.0, "uid=alice,dc=example: no entryUUID");
        assert_eq!(rules.picture(&entry(&[("uid", "alice")])), None);
    }
}
