//! Language tags (RFC 5646) of accounts. Any well-formed tag is accepted, even if the pages lack
//! that language.

use super::text::TextError;

/// Longest tag, in characters (RFC 5646 §4.4.1).
const MAX: usize = 35;

/// Checks a language tag. Returns it unchanged, so that programs read back the value they stored.
pub fn parse(text: &str) -> Result<String, TextError> {
    let mut subtags = text.split(['-', '_']);
    let language = subtags.next().unwrap_or_default();
    let is_language =
        (2..=8).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
    let is_subtag = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let is_well_formed = text.len() <= MAX && is_language && subtags.all(is_subtag);
    is_well_formed
        .then(|| text.to_owned())
        .ok_or_else(|| TextError::format("must be a language tag, such as en or zh-CN"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_well_formed_and_stays_as_it_was_given() {
        for good in ["de", "en-GB", "zh-Hans-CN", "pt_BR", "sr-Latn", "es-419"] {
            assert_eq!(parse(good).unwrap(), good);
        }
        let long = "a".repeat(36);
        for bad in ["", "d", "1x", "de-", "de--at", "de at", "de\n", "ü", "de-abcdefghi", &long] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
