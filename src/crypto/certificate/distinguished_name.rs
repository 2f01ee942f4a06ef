//! Distinguished names, and their form as text (RFC 4514).

use std::{fmt, str::FromStr};

use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// The short names of types of attributes (RFC 4514 §3, and those that OpenSSL prints).
const SHORT_NAMES: &[(&str, &str)] = &[
    ("CN", "2.5.4.3"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("C", "2.5.4.6"),
    ("STREET", "2.5.4.9"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("SN", "2.5.4.4"),
    ("serialNumber", "2.5.4.5"),
    ("title", "2.5.4.12"),
    ("businessCategory", "2.5.4.15"),
    ("GN", "2.5.4.42"),
    ("dnQualifier", "2.5.4.46"),
    ("organizationIdentifier", "2.5.4.97"),
    ("emailAddress", "1.2.840.113549.1.9.1"),
    ("jurisdictionC", "1.3.6.1.4.1.311.60.2.1.3"),
];

/// A type of attribute and its value. A value that is no text begins with NUL, which no text has.
type Attribute = (String, String);

/// The name of a subject: sets of attributes, the most specific first as in its form as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinguishedName(Vec<Vec<Attribute>>);

/// The text is not a distinguished name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a distinguished name such as CN=client,O=Example (RFC 4514)")]
pub struct NotADistinguishedName;

impl DistinguishedName {
    pub(super) fn of(name: &X509Name<'_>) -> Self {
        let attribute = |one: &AttributeTypeAndValue<'_>| {
            let value = one.as_str().map_or_else(|_| hex(one.as_slice()), str::to_owned);
            (one.attr_type().to_id_string(), value)
        };
        let mut sets: Vec<Vec<_>> =
            name.iter().map(|set| sorted(set.iter().map(attribute).collect())).collect();
        // RFC 4514 §2.1: the last one of the encoded form comes first.
        sets.reverse();
        Self(sets)
    }

    /// Whether it has no attributes, as in certificates that have alternative names only.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn sorted(mut set: Vec<Attribute>) -> Vec<Attribute> {
    set.sort();
    set
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    format!("\0{}", digits.collect::<String>())
}

impl FromStr for DistinguishedName {
    type Err = NotADistinguishedName;

    /// Reads the form of RFC 4514. Spaces around `,`, `+` and `=` do not count, as OpenSSL prints
    /// them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut sets = vec![Vec::new()];
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (name, after) = rest.split_once('=').ok_or(NotADistinguishedName)?;
            let (value, separator, after) = read_value(after.trim_start())?;
            let set = sets.last_mut().ok_or(NotADistinguishedName)?;
            set.push((type_of(name.trim())?, value));
            rest = after.trim_start();
            match separator {
                Some(_) if rest.is_empty() => return Err(NotADistinguishedName),
                Some(',') => sets.push(Vec::new()),
                _ => {}
            }
        }
        if sets.iter().any(Vec::is_empty) {
            return Err(NotADistinguishedName);
        }
        Ok(Self(sets.into_iter().map(sorted).collect()))
    }
}

/// The object identifier of a type, by its short name or as it stands.
fn type_of(name: &str) -> Result<String, NotADistinguishedName> {
    let known = SHORT_NAMES.iter().find(|(short, _)| short.eq_ignore_ascii_case(name));
    if let Some((_, oid)) = known {
        return Ok((*oid).to_owned());
    }
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_oid = name.contains('.') && name.split('.').all(is_number);
    is_oid.then(|| name.to_owned()).ok_or(NotADistinguishedName)
}

/// Reads a value up to the next separator (RFC 4514 §2.4, §3).
fn read_value(text: &str) -> Result<(String, Option<char>, &str), NotADistinguishedName> {
    let mut value = Vec::new();
    // RFC 4514 §2.4: the encoded form of values that are no text is not supported.
    if text.starts_with('#') {
        return Err(NotADistinguishedName);
    }
    // The length without spaces at the end, which count only when they are escaped.
    let mut end = 0;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            ',' | '+' => {
                value.truncate(end);
                return Ok((to_text(value)?, Some(c), &text[at + 1..]));
            }
            '\\' => {
                let (_, first) = chars.next().ok_or(NotADistinguishedName)?;
                if let Some(high) = first.to_digit(16) {
                    let low = chars.next().and_then(|(_, low)| low.to_digit(16));
                    let byte = u8::try_from(high * 16 + low.ok_or(NotADistinguishedName)?);
                    value.push(byte.map_err(|_| NotADistinguishedName)?);
                } else if r##" "#+,;<=>\"##.contains(first) {
                    push(&mut value, first);
                } else {
                    return Err(NotADistinguishedName);
                }
                end = value.len();
            }
            '"' | ';' | '<' | '>' | '\0' => return Err(NotADistinguishedName),
            c => {
                push(&mut value, c);
                if c != ' ' {
                    end = value.len();
                }
            }
        }
    }
    value.truncate(end);
    Ok((to_text(value)?, None, ""))
}

fn push(value: &mut Vec<u8>, c: char) {
    value.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn to_text(value: Vec<u8>) -> Result<String, NotADistinguishedName> {
    let text = String::from_utf8(value).map_err(|_| NotADistinguishedName)?;
    if text.is_empty() || text.contains('\0') { Err(NotADistinguishedName) } else { Ok(text) }
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attribute = |(oid, value): &Attribute| {
            let short = SHORT_NAMES.iter().find(|(_, known)| known == oid).map(|(short, _)| *short);
            format!("{}={}", short.unwrap_or(oid), escaped(value))
        };
        let set = |set: &Vec<Attribute>| set.iter().map(attribute).collect::<Vec<_>>().join("+");
        f.write_str(&self.0.iter().map(set).collect::<Vec<_>>().join(","))
    }
}

fn escaped(value: &str) -> String {
    let mut text = String::new();
    for (at, c) in value.char_indices() {
        let is_edge =
            (at == 0 && " #".contains(c)) || (at + c.len_utf8() == value.len() && c == ' ');
        if is_edge || r#"",+;<=>\"#.contains(c) {
            text.push('\\');
        }
        if c.is_control() {
            text.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("\\{byte:02X}")));
        } else {
            text.push(c);
        }
    }
    text
}
