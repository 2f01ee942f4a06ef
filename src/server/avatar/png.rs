//! Writes a PNG file (W3C Portable Network Graphics, third edition).

use std::io::Write as _;

use flate2::{Compression, Crc, write::ZlibEncoder};

use super::canvas::Canvas;

/// The number of shades from the background colour to white. With 16, two pixels fit in a byte.
const LEVELS: u8 = 16;

/// Encodes the canvas in white on a background colour.
pub(super) fn encode(canvas: &Canvas, ground: [u8; 3]) -> Vec<u8> {
    let size = (Canvas::SIZE as u32).to_be_bytes();
    // Four bits per pixel, each an index into the palette.
    let header = [&size[..], &size, &[4, 3, 0, 0, 0]].concat();
    let palette: Vec<u8> = (0..LEVELS).flat_map(|level| ground.map(|c| mix(c, level))).collect();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [
        (b"IHDR", header),
        (b"PLTE", palette),
        (b"IDAT", deflate(&rows(canvas))),
        (b"IEND", Vec::new()),
    ] {
        let length = u32::try_from(data.len()).expect("a picture of this size is short");
        let mut crc = Crc::new();
        crc.update(name);
        crc.update(&data);
        file.extend(length.to_be_bytes());
        file.extend(name);
        file.extend(data);
        file.extend(crc.sum().to_be_bytes());
    }
    file
}

fn mix(ground: u8, level: u8) -> u8 {
    let (ground, level, most) = (u16::from(ground), u16::from(level), u16::from(LEVELS - 1));
    u8::try_from(ground + (255 - ground) * level / most).unwrap_or(255)
}

/// Returns the rows, each preceded by the filter byte 0, "not filtered".
fn rows(canvas: &Canvas) -> Vec<u8> {
    let level = |coverage: u8| coverage / (256 / u16::from(LEVELS)) as u8;
    let mut rows = Vec::new();
    for row in canvas.coverage().chunks(Canvas::SIZE) {
        rows.push(0);
        rows.extend(row.chunks(2).map(|pair| level(pair[0]) << 4 | level(pair[1])));
    }
    rows
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(data).and_then(|()| encoder.finish());
    written.expect("memory takes what is written to it")
}
