//! The application images of an installation that has not uploaded its own (Pocket ID 2.14 ships some of
//! them as files). Both are PNG: mail programs and many dashboards show no SVG.

use std::sync::LazyLock;

use bytes::Bytes;
use png::{BitDepth, ColorType, Encoder};

use crate::model::ApplicationImage;

/// The side of the logo, in pixels, and the units of `assets/favicon.svg`, whose shapes it has.
const LOGO_SIZE: u32 = 128;
const UNITS: f32 = 32.0;
/// How many points of a pixel are looked at in each direction, for smooth edges.
const POINTS: u8 = 4;
const GROUND: [u8; 3] = [0x0e, 0x6b, 0x5e];

/// The size of the background, and its colours at the top and at the bottom.
const WIDTH: u32 = 1_600;
const HEIGHT: u32 = 1_000;
const TOP: [u8; 3] = [0x12, 0x7d, 0x6e];
const BOTTOM: [u8; 3] = [0x06, 0x2b, 0x28];

static EMAIL_LOGO: LazyLock<Bytes> = LazyLock::new(logo);
static BACKGROUND: LazyLock<Bytes> = LazyLock::new(gradient);

/// Returns the PNG file that is shown instead of an image, if there is one.
pub(super) fn find(image: ApplicationImage) -> Option<Bytes> {
    match image {
        ApplicationImage::Background => Some(BACKGROUND.clone()),
        ApplicationImage::LogoEmail => Some(EMAIL_LOGO.clone()),
        _ => None,
    }
}

/// The logo on transparent ground.
fn logo() -> Bytes {
    let pixels: Vec<u8> =
        (0..LOGO_SIZE).flat_map(|y| (0..LOGO_SIZE).flat_map(move |x| logo_pixel(x, y))).collect();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, LOGO_SIZE, LOGO_SIZE);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    write(encoder, &pixels);
    file.into()
}

fn logo_pixel(x: u32, y: u32) -> [u8; 4] {
    let unit = UNITS / LOGO_SIZE as f32;
    let within = |pixel: u32, point: u8| {
        (pixel as f32 + (f32::from(point) + 0.5) / f32::from(POINTS)) * unit
    };
    let (mut covered, mut white) = (0_u16, 0_u16);
    for (row, column) in (0..POINTS).flat_map(|row| (0..POINTS).map(move |column| (row, column))) {
        let (x, y) = (within(x, column), within(y, row));
        covered += u16::from(is_in_tile(x, y));
        white += u16::from(is_in_shield(x, y) && !is_in_keyhole(x, y));
    }
    let all = u16::from(POINTS) * u16::from(POINTS);
    let share = |part: u16, of: u16, most: u16| {
        u8::try_from((part * most).checked_div(of).unwrap_or_default()).unwrap_or(u8::MAX)
    };
    let [red, green, blue] =
        GROUND.map(|ground| ground + share(white, covered, u16::from(u8::MAX - ground)));
    [red, green, blue, share(covered, all, u16::from(u8::MAX))]
}

/// The square with round corners of radius 9.
fn is_in_tile(x: f32, y: f32) -> bool {
    let beyond = |at: f32| (9.0 - at).max(at - 23.0).max(0.0);
    beyond(x).hypot(beyond(y)) <= 9.0
}

/// A rectangle above half a disc.
fn is_in_shield(x: f32, y: f32) -> bool {
    let is_above = (8.0..=24.0).contains(&x) && (9.0..=16.5).contains(&y);
    is_above || (y > 16.5 && (x - 16.0).hypot(y - 16.5) <= 8.0)
}

/// A disc with a slot that has round ends.
fn is_in_keyhole(x: f32, y: f32) -> bool {
    let is_in_slot = (x - 16.0).hypot(y - y.clamp(15.5, 19.1)) <= 1.0;
    is_in_slot || (x - 16.0).hypot(y - 14.2) <= 2.3
}

/// A quiet gradient: each row has one colour, so that the file is small.
fn gradient() -> Bytes {
    let last = u32::from(u8::MAX);
    let palette: Vec<u8> = (0..=last)
        .flat_map(|level| {
            let mix = |index: usize| {
                let (from, to) = (u32::from(TOP[index]), u32::from(BOTTOM[index]));
                u8::try_from((from * (last - level) + to * level) / last).unwrap_or(u8::MAX)
            };
            [mix(0), mix(1), mix(2)]
        })
        .collect();
    let pixels: Vec<u8> = (0..HEIGHT)
        .flat_map(|row| {
            let level = u8::try_from(row * last / (HEIGHT - 1)).unwrap_or(u8::MAX);
            std::iter::repeat_n(level, WIDTH as usize)
        })
        .collect();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, WIDTH, HEIGHT);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(palette);
    write(encoder, &pixels);
    file.into()
}

fn write(encoder: Encoder<'_, &mut Vec<u8>>, pixels: &[u8]) {
    let written = encoder.write_header().and_then(|mut image| {
        image.write_image_data(pixels)?;
        image.finish()
    });
    written.expect("memory takes what is written to it, and the pixels fit the size");
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Decoded {
        width: usize,
        height: usize,
        pixels: Vec<u8>,
    }

    impl Decoded {
        fn of(image: ApplicationImage) -> Self {
            let file = find(image).unwrap();
            assert!(file.len() < 8_192, "{image:?} has {} bytes", file.len());
            let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
            decoder.set_transformations(png::Transformations::EXPAND);
            let mut reader = decoder.read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            Self { width: info.width as usize, height: info.height as usize, pixels }
        }

        fn at(&self, x: usize, y: usize) -> &[u8] {
            let size = self.pixels.len() / self.width / self.height;
            let start = (y * self.width + x) * size;
            &self.pixels[start..start + size]
        }
    }

    #[test]
    fn the_logo_for_emails_has_the_shapes_of_the_favicon() {
        let logo = Decoded::of(ApplicationImage::LogoEmail);
        let [red, green, blue] = GROUND;
        assert_eq!((logo.width, logo.height), (128, 128));
        for (x, y, colour) in [
            (0, 0, [red, green, blue, 0]),
            (64, 8, [red, green, blue, 255]),
            (40, 44, [255, 255, 255, 255]),
            (64, 57, [red, green, blue, 255]),
            (64, 78, [red, green, blue, 255]),
            (64, 90, [255, 255, 255, 255]),
            (64, 104, [red, green, blue, 255]),
        ] {
            assert_eq!(logo.at(x, y), colour, "{x} {y}");
        }
    }

    #[test]
    fn the_background_goes_from_one_colour_to_the_other() {
        let background = Decoded::of(ApplicationImage::Background);
        assert_eq!((background.width, background.height), (1_600, 1_000));
        assert_eq!(background.at(800, 0), TOP);
        assert_eq!(background.at(800, 999), BOTTOM);
    }
}
