//! The default profile picture of a user: their initials on a colour, as a PNG of 300 by 300 pixels
//! (Pocket ID 2.14). Clients show it from the URL in the `picture` claim, and many of them cannot
//! read SVG.
//!
//! Letters are drawn with our own strokes, so that no font has to be shipped or parsed. Letters of
//! other scripts are drawn if they look like a Latin letter; for all others the picture is a
//! person.

mod canvas;
mod encode;
mod letters;

use std::{
    collections::BTreeMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use bytes::Bytes;
use canvas::{Canvas, Point};

use crate::model::User;

/// Background colours on which white letters are readable.
const COLOURS: [[u8; 3]; 8] = [
    [0x1d, 0x4e, 0xd8],
    [0x0e, 0x74, 0x90],
    [0x04, 0x78, 0x57],
    [0x4d, 0x7c, 0x0f],
    [0xb4, 0x53, 0x09],
    [0xb9, 0x1c, 0x1c],
    [0xa2, 0x1c, 0xaf],
    [0x6d, 0x28, 0xd9],
];

/// The height of letters, the gap between two letters, half the width of a stroke, and the maximum
/// total width, in pixels.
const HEIGHT: f32 = 104.0;
const GAP: f32 = 30.0;
const RADIUS: f32 = 8.5;
const MAX_WIDTH: f32 = 200.0;

/// The number of cached pictures, of about two kilobytes each.
const MAX_CACHED: usize = 256;

/// The cache key: users with the same letters and colour share a picture.
type Key = (Vec<char>, usize);

static CACHE: LazyLock<Mutex<BTreeMap<Key, Bytes>>> = LazyLock::new(Mutex::default);

/// Returns the picture of a user as a PNG file.
pub(super) fn of(user: &User) -> Bytes {
    let [.., last] = *user.id.0.as_bytes();
    let colour = usize::from(last) % COLOURS.len();
    let key = (letters::drawable(&user.initials()), colour);
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(picture) = cache.get(&key) {
        return picture.clone();
    }
    if cache.len() >= MAX_CACHED {
        cache.clear();
    }
    let picture = Bytes::from(encode::encode(&draw(&key.0), COLOURS[colour]));
    cache.insert(key, picture.clone());
    picture
}

fn draw(initials: &[char]) -> Canvas {
    let mut canvas = Canvas::new();
    let glyphs: Vec<_> = initials.iter().filter_map(|letter| letters::find(*letter)).collect();
    if glyphs.is_empty() {
        draw_person(&mut canvas);
        return canvas;
    }
    let gaps = GAP * glyphs.len().saturating_sub(1) as f32;
    let width = glyphs.iter().map(|glyph| glyph.width).sum::<f32>() * HEIGHT / 100.0 + gaps;
    let scale = (MAX_WIDTH / width).min(1.0);
    let unit = HEIGHT / 100.0 * scale;
    let mut left = (Canvas::SIZE as f32 - width * scale) / 2.0;
    let top = (Canvas::SIZE as f32 - HEIGHT * scale) / 2.0;
    for glyph in glyphs {
        for (from, to) in glyph.lines() {
            let place = |point: Point| Point { x: left + point.x * unit, y: top + point.y * unit };
            canvas.line(place(from), place(to), RADIUS);
        }
        left += glyph.width * unit + GAP * scale;
    }
    canvas
}

/// Draws a head and shoulders.
fn draw_person(canvas: &mut Canvas) {
    canvas.ellipse(Point { x: 150.0, y: 116.0 }, Point { x: 48.0, y: 48.0 });
    canvas.ellipse(Point { x: 150.0, y: 268.0 }, Point { x: 92.0, y: 84.0 });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns how much of the picture is covered by letters, in percent.
    fn ink(initials: &str) -> usize {
        let canvas = draw(&letters::drawable(initials));
        let sum: usize = canvas.coverage().iter().map(|level| usize::from(*level)).sum();
        sum * 100 / (255 * Canvas::SIZE * Canvas::SIZE)
    }

    #[test]
    fn every_letter_is_drawn_within_the_picture_and_no_two_are_the_same() {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        for letter in ('A'..='Z').chain('0'..='9') {
            let canvas = draw(&[letter]);
            let size = Canvas::SIZE;
            let touches_edge = |n: usize| n < 20 || n >= size - 20;
            for (n, level) in canvas.coverage().iter().enumerate() {
                let is_outside = touches_edge(n % size) || touches_edge(n / size);
                assert!(*level == 0 || !is_outside, "{letter}");
            }
            assert!(!seen.contains(&canvas.coverage().to_vec()), "{letter} looks like another");
            seen.push(canvas.coverage().to_vec());
        }
        assert!(ink("WM") > 5 && ink("WM") < 30, "{}", ink("WM"));
    }

    #[test]
    fn what_is_not_latin_is_a_letter_that_looks_the_same_or_a_person() {
        let same = |one: &str, other: &str| letters::drawable(one) == letters::drawable(other);
        assert!(same("ÉÜ", "EU") && same("Ø", "O") && same("СН", "CH") && same("ΑΒ", "AB"));
        let person = draw(&[]).coverage().to_vec();
        for initials in ["王", "ЖЯ", "", "!?", "🙂", "\u{202e}", "אב"] {
            assert_eq!(draw(&letters::drawable(initials)).coverage(), person, "{initials}");
        }
        assert!(same("A王", "A"));
    }
}
