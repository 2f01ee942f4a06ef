//! Names that look alike, so that a stranger's application cannot pass for a known one.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Letters of other scripts, and digits, with the Latin letters that they look like.
const LOOKS_LIKE: &[(&str, char)] = &[
    ("0\u{3bf}\u{43e}\u{585}", 'o'),
    ("1|\u{131}\u{3b9}\u{456}\u{4cf}\u{7c0}i", 'l'),
    ("5\u{455}", 's'),
    ("\u{3b1}\u{430}", 'a'),
    ("\u{432}\u{3b2}", 'b'),
    ("\u{441}\u{3f2}", 'c'),
    ("\u{501}", 'd'),
    ("\u{3b5}\u{435}\u{451}", 'e'),
    ("\u{4bb}\u{43d}\u{3b7}", 'h'),
    ("\u{3f3}\u{458}", 'j'),
    ("\u{3ba}\u{43a}", 'k'),
    ("\u{43c}\u{3bc}", 'm'),
    ("\u{3bd}\u{475}", 'v'),
    ("\u{3c1}\u{440}", 'p'),
    ("\u{51b}", 'q'),
    ("\u{433}", 'r'),
    ("\u{3c4}\u{442}", 't'),
    ("\u{57d}\u{3c5}", 'u'),
    ("\u{51d}\u{461}", 'w'),
    ("\u{3c7}\u{445}", 'x'),
    ("\u{443}\u{3b3}", 'y'),
];

/// Whether people could take one name for the other: they differ in case, spaces, punctuation, width,
/// accents on letters of one byte, or letters that look alike.
pub fn look_alike(one: &str, other: &str) -> bool {
    let (one, other) = (skeleton(one), skeleton(other));
    !one.is_empty() && one == other
}

/// Whether a character has no width, so that a name with it looks like one without.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

fn skeleton(name: &str) -> String {
    let plain = ComposingNormalizerBorrowed::new_nfkc().normalize(name);
    let letters =
        plain.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric() || *c == '|');
    letters.map(plain_letter).collect::<String>().replace("rn", "m").replace("vv", "w")
}

fn plain_letter(c: char) -> char {
    LOOKS_LIKE.iter().find(|(letters, _)| letters.contains(c)).map_or(c, |(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_people_confuse_look_alike() {
        for other in [
            "pocket id",
            "POCKET-ID",
            "P\u{43e}cket ID",
            "Pocket 1D",
            "Ｐｏｃｋｅｔ ＩＤ",
            "Pocket\u{200b}ID",
        ] {
            assert!(look_alike("Pocket ID", other), "{other}");
        }
        assert!(look_alike("Gitlab", "GitIab") && look_alike("modern", "modem"));
        for other in ["Pocket", "Pocket ID 2", "", "Rocket ID"] {
            assert!(!look_alike("Pocket ID", other), "{other}");
        }
        assert!(!look_alike("", "") && !look_alike("...", "---"));
    }
}
