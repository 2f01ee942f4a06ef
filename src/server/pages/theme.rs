//! The style sheet with the administrator's choices, which is loaded after ours.

use csscolorparser::Color;

use crate::{crypto::Digest, model::AppConfig};

/// Disables all animations.
const CALM: &str =
    "*, *::before, *::after { animation: none !important; transition: none !important; }\n";

/// The lowest contrast of a text and its background (WCAG 2.2, success criterion 1.4.3).
const TEXT_CONTRAST: f32 = 4.5;
/// The background of each scheme on which the accent colour is hardest to read: `--soft` of
/// `app.css`.
const LIGHT_GROUND: &str = "#e9f2ef";
const DARK_GROUND: &str = "#1e2b27";

/// The style sheet. None without choices.
pub fn style_sheet(config: &AppConfig) -> Option<String> {
    let accent = config.accent_color().and_then(|color| csscolorparser::parse(color).ok());
    let mut css = accent.map(|color| accent_rules(&color)).unwrap_or_default();
    if config.disable_animations() {
        css += CALM;
    }
    Some(css).filter(|css| !css.is_empty())
}

/// The colours of a button in a mail, as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ButtonColors {
    /// Behind the text.
    pub ground: String,
    /// Of the text.
    pub text: String,
}

/// The colours of buttons: those that the administrator chose, or ours.
pub fn button_colors(config: &AppConfig) -> ButtonColors {
    let accent = config.accent_color().and_then(|color| csscolorparser::parse(color).ok());
    let ground = opaque(&accent.unwrap_or_else(|| Color::from_rgba8(0x0e, 0x6b, 0x5e, 255)));
    ButtonColors {
        text: text_on(&ground).to_css_hex().to_string(),
        ground: ground.to_css_hex().to_string(),
    }
}

/// White, or else black: either of them has a contrast of at least 4.58 with any colour.
fn text_on(ground: &Color) -> Color {
    let white = Color::new(1.0, 1.0, 1.0, 1.0);
    if contrast(ground, &white) >= TEXT_CONTRAST { white } else { Color::new(0.0, 0.0, 0.0, 1.0) }
}

/// A hash of the style sheet, for its URL.
pub fn version(config: &AppConfig) -> Option<String> {
    style_sheet(config).map(|css| Digest::of(css).base64url()[..11].to_owned())
}

/// The accent colour as a background, the colour of text on it, and the accent colour as text in
/// each scheme.
fn accent_rules(chosen: &Color) -> String {
    let accent = opaque(chosen);
    let (black, white) = (Color::new(0.0, 0.0, 0.0, 1.0), Color::new(1.0, 1.0, 1.0, 1.0));
    // Either black or white has a contrast of at least 4.58 with any colour.
    let (on_accent, away) = if contrast(&accent, &white) >= TEXT_CONTRAST {
        (&white, &black)
    } else {
        (&black, &white)
    };
    format!(
        ":root {{ --accent: {}; --accent-strong: {}; --on-accent: {}; \
         --accent-text: light-dark({}, {}); }}\n",
        accent.to_css_hex(),
        accent.interpolate_oklab(away, 0.15).to_css_hex(),
        on_accent.to_css_hex(),
        readable(&accent, LIGHT_GROUND, &black).to_css_hex(),
        readable(&accent, DARK_GROUND, &white).to_css_hex(),
    )
}

/// The colour, mixed with as much black or white as it needs to be readable on a background.
fn readable(color: &Color, ground: &str, end: &Color) -> Color {
    const STEPS: u8 = 50;
    let ground = csscolorparser::parse(ground).expect("a colour of ours");
    (0..=STEPS)
        .map(|step| opaque(&color.interpolate_oklab(end, f32::from(step) / f32::from(STEPS))))
        .find(|mixed| contrast(mixed, &ground) >= TEXT_CONTRAST)
        .unwrap_or(*end)
}

/// The colour as a screen shows it: within its range, without transparency, in steps of 1/255.
fn opaque(color: &Color) -> Color {
    let [red, green, blue, _] = color.to_rgba8();
    Color::from_rgba8(red, green, blue, 255)
}

/// WCAG 2.2, contrast ratio.
fn contrast(one: &Color, other: &Color) -> f32 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.2, relative luminance.
fn luminance(color: &Color) -> f32 {
    let [red, green, blue, _] = color.to_linear_rgba();
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::Secret,
        model::{ConfigKey, app_config::Origin},
    };

    fn sheet(color: &str) -> String {
        let chosen = [(ConfigKey::AccentColor, Secret::new(color))];
        style_sheet(&AppConfig::new(chosen.into(), Origin::Stored)).unwrap()
    }

    /// The values of a variable in a style sheet: one, or one for each scheme.
    fn values(css: &str, name: &str) -> Vec<Color> {
        let rest = css.split(&format!("{name}: ")).nth(1).unwrap();
        let value = rest.split(';').next().unwrap();
        let of_schemes = value.strip_prefix("light-dark(").and_then(|v| v.strip_suffix(')'));
        let values = of_schemes.unwrap_or(value).split(", ");
        values.map(|value| csscolorparser::parse(value).unwrap()).collect()
    }

    #[test]
    fn the_looks_that_were_chosen_are_a_style_sheet_of_their_own() {
        assert_eq!(style_sheet(&AppConfig::default()), None);
        let chosen = [
            (ConfigKey::AccentColor, Secret::new("#ff0000")),
            (ConfigKey::DisableAnimations, Secret::new("true")),
        ];
        let config = AppConfig::new(chosen.into(), Origin::Stored);
        let css = style_sheet(&config).unwrap();
        assert!(css.contains("--accent: #ff0000;") && css.contains("animation: none"), "{css}");
    }

    /// Pocket ID's own palette and the extremes; WCAG 2.2, success criterion 1.4.3.
    #[test]
    fn whatever_colour_was_chosen_it_can_be_read_as_a_text_and_under_a_text() {
        let parse = |color| csscolorparser::parse(color).unwrap();
        for color in [
            "#ffffff",
            "#000000",
            "#777777",
            "#ffff00",
            "rebeccapurple",
            "rgb(255 0 0 / 20%)",
            "oklch(0.75 0.183 55.934)",
            "oklch(0.627 0.194 149.214)",
            "oklch(0.55 0.22 263)",
            "oklch(0.2 0.1 20)",
            "hsl(60 100% 50%)",
        ] {
            let css = sheet(color);
            let texts = values(&css, "--accent-text");
            assert!(contrast(&texts[0], &parse(LIGHT_GROUND)) >= TEXT_CONTRAST, "{color}: {css}");
            assert!(contrast(&texts[1], &parse(DARK_GROUND)) >= TEXT_CONTRAST, "{color}: {css}");
            let on = &values(&css, "--on-accent")[0];
            for ground in ["--accent", "--accent-strong"] {
                let ground = &values(&css, ground)[0];
                assert!(contrast(on, ground) >= TEXT_CONTRAST, "{color}: {css}");
            }
        }
        assert_eq!(
            values(&sheet("#0e6b5e"), "--accent-text")[0].to_css_hex().to_string(),
            "#0e6b5e"
        );
    }

    #[test]
    fn the_hardest_grounds_are_those_of_the_style_sheet() {
        let css = include_str!("../assets/app.css");
        let soft = format!("--soft: light-dark({LIGHT_GROUND}, {DARK_GROUND});");
        assert!(css.contains(&soft), "{soft}");
    }
}
