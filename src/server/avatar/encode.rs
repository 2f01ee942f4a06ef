//! Writing a picture of two colours as a PNG file.

use png::{BitDepth, ColorType, Encoder};

use super::canvas::Canvas;

/// The number of shades from the background colour to white. With 16, two pixels fit in a byte.
const LEVELS: u8 = 16;

/// Encodes the canvas in white on a background colour.
pub(super) fn encode(canvas: &Canvas, ground: [u8; 3]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, Canvas::SIZE as u32, Canvas::SIZE as u32);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Four);
    let palette: Vec<u8> = (0..LEVELS).flat_map(|level| ground.map(|c| mix(c, level))).collect();
    encoder.set_palette(palette);
    let written = encoder.write_header().and_then(|mut image| {
        image.write_image_data(&pixels(canvas))?;
        image.finish()
    });
    written.expect("memory takes what is written to it, and the pixels fit the size");
    file
}

fn mix(ground: u8, level: u8) -> u8 {
    let (ground, level, most) = (u16::from(ground), u16::from(level), u16::from(LEVELS - 1));
    u8::try_from(ground + (255 - ground) * level / most).unwrap_or(255)
}

fn pixels(canvas: &Canvas) -> Vec<u8> {
    let level = |coverage: u8| coverage / (256 / u16::from(LEVELS)) as u8;
    let rows = canvas.coverage().chunks(Canvas::SIZE);
    rows.flat_map(|row| row.chunks(2).map(|pair| level(pair[0]) << 4 | level(pair[1]))).collect()
}
