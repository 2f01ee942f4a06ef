//! Capital letters and digits as strokes, on a grid 100 units high.

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::canvas::Point;

/// A letter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    /// The width, in grid units.
    pub(super) width: f32,
    strokes: &'static [Stroke],
}

#[derive(Debug, Clone, Copy)]
enum Stroke {
    /// A line from one point to another: x, y, x, y.
    L(i16, i16, i16, i16),
    /// An arc of an ellipse: its centre, its radii, and the start and end angles, in degrees
    /// clockwise from the right.
    A(i16, i16, i16, i16, i16, i16),
}

use Stroke::{A, L};

/// The number of line segments that approximate a whole ellipse.
const CUTS: i16 = 48;

/// Maps letters of other scripts, and Latin letters with a stroke, to the letter that is drawn for
/// them.
const LOOKALIKES: &[(&str, &str)] = &[
    // Greek
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    // Cyrillic
    ("АВЕЅІЈКМНОРСТУХ", "ABESIJKMHOPCTYX"),
    ("ØŁĐÐĦÆŒĿŊƏẞ", "OLDDHAOLNES"),
];

/// Returns the initials that can be drawn, at most two.
pub(super) fn drawable(initials: &str) -> Vec<char> {
    let nfd = DecomposingNormalizerBorrowed::new_nfd();
    let plain = initials.chars().take(2).filter_map(|letter| {
        let base = nfd.normalize(letter.encode_utf8(&mut [0; 4])).chars().next()?;
        let same = LOOKALIKES.iter().find_map(|(others, ours)| {
            let place = others.chars().position(|other| other == base)?;
            ours.chars().nth(place)
        });
        Some(same.unwrap_or(base).to_ascii_uppercase())
    });
    plain.filter(|letter| find(*letter).is_some()).collect()
}

/// Finds the glyph of a letter.
pub(super) fn find(letter: char) -> Option<Glyph> {
    let (_, width, strokes) = GLYPHS.iter().find(|(known, ..)| *known == letter)?;
    Some(Glyph { width: f32::from(*width), strokes })
}

impl Glyph {
    /// Returns the line segments of the glyph.
    pub(super) fn lines(&self) -> Vec<(Point, Point)> {
        self.strokes.iter().flat_map(|stroke| stroke.lines()).collect()
    }
}

impl Stroke {
    fn lines(self) -> Vec<(Point, Point)> {
        let point = |x: i16, y: i16| Point { x: f32::from(x), y: f32::from(y) };
        match self {
            L(x, y, to_x, to_y) => vec![(point(x, y), point(to_x, to_y))],
            A(x, y, rx, ry, from, to) => {
                let cuts = ((to - from).abs() * CUTS / 360).max(1);
                let at = |cut: i16| {
                    let angle =
                        f32::from(from) + f32::from(to - from) * f32::from(cut) / f32::from(cuts);
                    let (sin, cos) = angle.to_radians().sin_cos();
                    Point {
                        x: f32::from(x) + f32::from(rx) * cos,
                        y: f32::from(y) + f32::from(ry) * sin,
                    }
                };
                (0..cuts).map(|cut| (at(cut), at(cut + 1))).collect()
            }
        }
    }
}

#[rustfmt::skip]
const GLYPHS: &[(char, i16, &[Stroke])] = &[
    ('A', 80, &[L(0, 100, 40, 0), L(40, 0, 80, 100), L(15, 66, 65, 66)]),
    ('B', 62, &[L(0, 0, 0, 100), L(0, 0, 32, 0), A(32, 24, 25, 24, -90, 90), L(0, 48, 34, 48),
                A(34, 74, 28, 26, -90, 90), L(34, 100, 0, 100)]),
    ('C', 80, &[A(46, 50, 46, 50, 45, 315)]),
    ('D', 72, &[L(0, 0, 0, 100), L(0, 0, 26, 0), A(26, 50, 46, 50, -90, 90), L(26, 100, 0, 100)]),
    ('E', 56, &[L(0, 0, 0, 100), L(0, 0, 56, 0), L(0, 48, 48, 48), L(0, 100, 56, 100)]),
    ('F', 54, &[L(0, 0, 0, 100), L(0, 0, 54, 0), L(0, 50, 46, 50)]),
    ('G', 85, &[A(46, 50, 46, 50, 30, 315), L(85, 75, 85, 54), L(85, 54, 52, 54)]),
    ('H', 70, &[L(0, 0, 0, 100), L(70, 0, 70, 100), L(0, 48, 70, 48)]),
    ('I', 0, &[L(0, 0, 0, 100)]),
    ('J', 44, &[L(44, 0, 44, 72), A(22, 72, 22, 28, 0, 165)]),
    ('K', 66, &[L(0, 0, 0, 100), L(62, 0, 0, 62), L(24, 40, 66, 100)]),
    ('L', 52, &[L(0, 0, 0, 100), L(0, 100, 52, 100)]),
    ('M', 88, &[L(0, 100, 0, 0), L(0, 0, 44, 70), L(44, 70, 88, 0), L(88, 0, 88, 100)]),
    ('N', 72, &[L(0, 100, 0, 0), L(0, 0, 72, 100), L(72, 100, 72, 0)]),
    ('O', 94, &[A(47, 50, 47, 50, 0, 360)]),
    ('P', 62, &[L(0, 0, 0, 100), L(0, 0, 34, 0), A(34, 28, 28, 28, -90, 90), L(34, 56, 0, 56)]),
    ('Q', 94, &[A(47, 50, 47, 50, 0, 360), L(58, 70, 90, 104)]),
    ('R', 64, &[L(0, 0, 0, 100), L(0, 0, 34, 0), A(34, 28, 28, 28, -90, 90), L(34, 56, 0, 56),
                L(32, 56, 64, 100)]),
    ('S', 60, &[A(30, 25, 28, 25, -30, -270), A(30, 75, 30, 25, -90, 150)]),
    ('T', 72, &[L(0, 0, 72, 0), L(36, 0, 36, 100)]),
    ('U', 70, &[L(0, 0, 0, 64), A(35, 64, 35, 36, 180, 0), L(70, 64, 70, 0)]),
    ('V', 78, &[L(0, 0, 39, 100), L(39, 100, 78, 0)]),
    ('W', 112, &[L(0, 0, 28, 100), L(28, 100, 56, 10), L(56, 10, 84, 100), L(84, 100, 112, 0)]),
    ('X', 74, &[L(0, 0, 74, 100), L(74, 0, 0, 100)]),
    ('Y', 74, &[L(0, 0, 37, 48), L(74, 0, 37, 48), L(37, 48, 37, 100)]),
    ('Z', 68, &[L(0, 0, 68, 0), L(68, 0, 0, 100), L(0, 100, 68, 100)]),
    ('0', 64, &[A(32, 50, 32, 50, 0, 360)]),
    ('1', 26, &[L(0, 18, 26, 0), L(26, 0, 26, 100)]),
    ('2', 60, &[A(30, 30, 29, 30, 190, 380), L(57, 40, 0, 100), L(0, 100, 60, 100)]),
    ('3', 58, &[A(28, 25, 26, 25, -150, 90), A(28, 75, 30, 25, -90, 150)]),
    ('4', 68, &[L(50, 100, 50, 0), L(50, 0, 0, 68), L(0, 68, 68, 68)]),
    ('5', 58, &[L(54, 0, 8, 0), L(8, 0, 5, 47), A(28, 68, 30, 32, -140, 140)]),
    ('6', 62, &[A(31, 68, 31, 32, 0, 360), L(44, 0, 4, 56)]),
    ('7', 60, &[L(0, 0, 60, 0), L(60, 0, 20, 100)]),
    ('8', 60, &[A(30, 25, 26, 25, 0, 360), A(30, 75, 30, 25, 0, 360)]),
    ('9', 62, &[A(31, 32, 31, 32, 0, 360), L(58, 44, 18, 100)]),
];
