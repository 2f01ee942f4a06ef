//! Distinguished names (RFC 4514), compared without regard to case and to how they are escaped.

/// The first part of a distinguished name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstRdn {
    /// The attribute, in lower case.
    pub attribute: String,
    /// The value, as it is.
    pub value: String,
}

/// The form of a DN for comparisons; `None` when the text is no DN.
pub fn normal(text: &str) -> Option<String> {
    let mut normal = String::with_capacity(text.len());
    for (index, part) in parts(text, &[',', ';', '+']).into_iter().enumerate() {
        let (attribute, value) = pair(part)?;
        if index > 0 {
            normal.push('\0');
        }
        normal.push_str(&attribute);
        normal.push('=');
        normal.push_str(&value.to_lowercase());
    }
    Some(normal)
}

/// The first part of a DN; `None` when the text is no DN.
pub fn first_rdn(text: &str) -> Option<FirstRdn> {
    let (attribute, value) = pair(parts(text, &[',', ';', '+']).into_iter().next()?)?;
    Some(FirstRdn { attribute, value })
}

/// Splits at separators that are not escaped.
fn parts<'a>(text: &'a str, separators: &[char]) -> Vec<&'a str> {
    let (mut parts, mut start, mut is_escaped) = (Vec::new(), 0, false);
    for (index, c) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' {
            is_escaped = true;
        } else if separators.contains(&c) {
            parts.push(&text[start..index]);
            start = index + c.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// An attribute in lower case, and its value without escapes.
fn pair(part: &str) -> Option<(String, String)> {
    let (attribute, value) = part.split_once('=')?;
    let attribute = attribute.trim().to_ascii_lowercase();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if attribute.is_empty() || !attribute.chars().all(is_name) {
        return None;
    }
    Some((attribute, unescaped(value.trim_start())))
}

/// RFC 4514 §2.4: `\` before a character, or before two hexadecimal digits of a byte.
fn unescaped(value: &str) -> String {
    let bytes = value.as_bytes();
    let (mut plain, mut index, mut end_of_escape) = (Vec::with_capacity(bytes.len()), 0, 0);
    while let Some(&byte) = bytes.get(index) {
        if byte != b'\\' {
            plain.push(byte);
            index += 1;
            continue;
        }
        let digits = bytes.get(index + 1..index + 3).and_then(|two| std::str::from_utf8(two).ok());
        let digits = digits.filter(|two| two.bytes().all(|b| b.is_ascii_hexdigit()));
        if let Some(byte) = digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            plain.push(byte);
            index += 3;
        } else {
            plain.extend(bytes.get(index + 1));
            index += 2;
        }
        end_of_escape = plain.len();
    }
    // Trailing spaces do not count, unless they are escaped.
    while plain.len() > end_of_escape && plain.last() == Some(&b' ') {
        plain.pop();
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_the_same_are_equal() {
        for (one, other) in [
            ("uid=alice,ou=People,dc=example", "UID=Alice, OU=people , DC=example"),
            (r"cn=Smith\, Ann,dc=x", r"cn=Smith\2C Ann,dc=x"),
            (r"cn=B\C3\A4r,dc=x", "cn=bär,dc=x"),
            (r"cn=a\+b+uid=1,dc=x", r"cn=A\2bB+UID=1,dc=x"),
        ] {
            assert_eq!(normal(one).unwrap(), normal(other).unwrap(), "{one}");
        }
    }

    #[test]
    fn names_that_differ_are_not_equal() {
        for (one, other) in [
            ("uid=alice,dc=example", "uid=alicia,dc=example"),
            (r"uid=a\,dc=x", "uid=a,dc=x"),
            (r"uid=a\ ,dc=x", "uid=a,dc=x"),
        ] {
            assert_ne!(normal(one), normal(other), "{one}");
        }
    }

    #[test]
    fn a_username_is_no_distinguished_name() {
        for text in ["alice", "", "=x", "a b=c", "\\", "uid"] {
            assert_eq!(normal(text), None, "{text}");
        }
        let first = first_rdn(r"UID=Al\69ce+cn=x,dc=example").unwrap();
        assert_eq!(first, FirstRdn { attribute: "uid".into(), value: "Alice".into() });
        assert_eq!(normal("cn=\\").unwrap(), "cn=");
    }
}
