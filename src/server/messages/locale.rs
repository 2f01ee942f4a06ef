//! The language of a page.

/// A language that the pages are available in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    En,
    ZhCn,
}

impl Locale {
    /// Every language, in the order in which people choose from them.
    pub const ALL: &[Self] = &[Self::En, Self::ZhCn];

    /// Chooses by the `Accept-Language` header (RFC 9110 §12.5.4): the highest weight wins, and the
    /// earlier of equals. The default is English.
    pub fn negotiate(accept_language: Option<&str>) -> Self {
        let mut best = (0.0, Self::En);
        for range in accept_language.unwrap_or_default().split(',') {
            let (tag, weight) = parse_range(range);
            if let Some(locale) = Self::from_range(tag)
                && weight > best.0
            {
                best = (weight, locale);
            }
        }
        best.1
    }

    /// The first supported language of those that a client asks for (OIDC Core §3.1.2.1).
    pub fn first_of(ui_locales: &str) -> Option<Self> {
        ui_locales.split(' ').find_map(Self::from_tag)
    }

    /// Finds the language of a tag such as `zh-CN`, `zh_Hans` or `en-GB`. For any other Chinese,
    /// the supported one is a better match than English.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next()?;
        match language.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::ZhCn),
            _ => None,
        }
    }

    /// The language as the `lang` attribute and the user's `locale` spell it (RFC 5646).
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The language's name in the language itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::ZhCn => "简体中文",
        }
    }

    fn from_range(range: &str) -> Option<Self> {
        if range == "*" { Some(Self::En) } else { Self::from_tag(range) }
    }
}

/// Splits `en-GB;q=0.8` into its tag and its weight (RFC 9110 §12.4.2). An invalid weight counts as
/// 0.
fn parse_range(range: &str) -> (&str, f32) {
    let (tag, parameters) = range.split_once(';').unwrap_or((range, "q=1"));
    let weight = parameters
        .trim()
        .strip_prefix(['q', 'Q'])
        .and_then(|rest| rest.trim_start().strip_prefix('='))
        .and_then(|value| value.trim().parse::<f32>().ok())
        .filter(|weight| (0.0..=1.0).contains(weight));
    (tag.trim(), weight.unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_weight_wins() {
        for (header, expected) in [
            (None, Locale::En),
            (Some(""), Locale::En),
            (Some("zh-CN,zh;q=0.9,en;q=0.8"), Locale::ZhCn),
            (Some("en-GB;q=0.7, zh-Hans;q=0.8"), Locale::ZhCn),
            (Some("de, fr;q=0.9, zh;q=0.1"), Locale::ZhCn),
            (Some("zh;q=0, en;q=0.1"), Locale::En),
            (Some("de-DE, *;q=0.5"), Locale::En),
            (Some("en, zh"), Locale::En),
            (Some("zh ; q=0.5 , en;q=0.4"), Locale::ZhCn),
            (Some("zh;q=NaN, zh;q=7, ;;,,q"), Locale::En),
        ] {
            assert_eq!(Locale::negotiate(header), expected, "{header:?}");
        }
    }

    #[test]
    fn tags_are_found_whatever_their_region_script_and_case() {
        assert_eq!(Locale::from_tag("ZH_hans-CN"), Some(Locale::ZhCn));
        assert_eq!(Locale::from_tag("en-US"), Some(Locale::En));
        assert_eq!(Locale::from_tag("de"), None);
        assert_eq!(Locale::from_tag(""), None);
    }

    #[test]
    fn of_the_languages_that_a_client_asks_for_the_first_that_we_have_is_taken() {
        assert_eq!(Locale::first_of("fr-CA fr zh-TW en"), Some(Locale::ZhCn));
        assert_eq!(Locale::first_of("tlh"), None);
        assert_eq!(Locale::first_of("  "), None);
    }

    #[test]
    fn a_language_finds_itself_by_its_tag() {
        for locale in Locale::ALL {
            assert_eq!(Locale::from_tag(locale.tag()), Some(*locale));
        }
    }
}
