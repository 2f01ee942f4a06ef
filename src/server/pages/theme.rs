//! What an administrator chose of the looks: a style sheet that follows ours.

use crate::{crypto::Digest, model::AppConfig};

/// Nothing moves.
const CALM: &str =
    "*, *::before, *::after { animation: none !important; transition: none !important; }\n";

/// The style sheet, if something was chosen. The colour was checked: nothing can follow it.
pub fn style_sheet(config: &AppConfig) -> Option<String> {
    let mut css = String::new();
    if let Some(color) = config.accent_color() {
        // What stands on the colour is black or white, whichever can be read; without relative colours
        // (CSS Color 5 §4) it stays white.
        css += &format!(
            "@media all {{ :root {{ --accent: {color}; \
             --accent-strong: color-mix(in oklab, {color}, var(--text) 20%); --on-accent: #fff; }} }}\n\
             @supports (color: oklch(from red l c h)) {{ :root {{ --on-accent: oklch(from {color} \
             clamp(0, (0.65 / l - 1) * infinity, 1) 0 h); }} }}\n"
        );
    }
    if config.disable_animations() {
        css += CALM;
    }
    Some(css).filter(|css| !css.is_empty())
}

/// Names the state of the style sheet.
pub fn version(config: &AppConfig) -> Option<String> {
    style_sheet(config).map(|css| Digest::of(css).base64url()[..11].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::Secret,
        model::{ConfigKey, app_config::Origin},
    };

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
}
