//! A search of a directory, and its entries.

use ldap3::SearchEntry;

/// A search of a directory.
#[derive(Debug, Clone)]
pub struct LdapQuery<'a> {
    /// The base DN.
    pub base: &'a str,
    /// Whether only the entry of the base DN is meant, and not those below it.
    pub is_base_only: bool,
    /// The filter (RFC 4515).
    pub filter: &'a str,
    /// The attributes to return.
    pub attributes: &'a [String],
    /// How many entries are taken at most.
    pub max_entries: usize,
}

/// An entry of a directory.
#[derive(Debug, Clone, Default)]
pub struct LdapEntry {
    /// Its distinguished name (RFC 4514).
    pub dn: String,
    attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl LdapEntry {
    /// An entry with these attributes.
    pub fn new(dn: impl Into<String>, attributes: Vec<(String, Vec<Vec<u8>>)>) -> Self {
        Self { dn: dn.into(), attributes }
    }

    /// The values of an attribute, whose name is not case-sensitive (RFC 4512 §2.5).
    pub fn values(&self, name: &str) -> &[Vec<u8>] {
        let found = self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or(&[], |(_, values)| values)
    }

    /// The name under which the server returned a part of the values of an attribute, such as
    /// `member;range=0-1499`: Active Directory does so with long ones.
    pub fn part_of(&self, name: &str) -> Option<&str> {
        let is_part = |known: &str| {
            let lower = known.to_ascii_lowercase();
            lower.strip_prefix(&name.to_ascii_lowercase()).is_some_and(|r| r.starts_with(";range="))
        };
        self.attributes.iter().map(|(known, _)| known.as_str()).find(|known| is_part(known))
    }
}

impl From<SearchEntry> for LdapEntry {
    fn from(entry: SearchEntry) -> Self {
        let texts = entry.attrs.into_iter();
        let texts = texts
            .map(|(name, values)| (name, values.into_iter().map(String::into_bytes).collect()));
        Self { dn: entry.dn, attributes: texts.chain(entry.bin_attrs).collect() }
    }
}
