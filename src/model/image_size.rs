//! Reads the width and height of an image from its header, without decoding it.
//!
//! An image of a few kilobytes can claim a width of 100,000 pixels. Showing it would take gigabytes
//! of memory.

use super::ImageType;

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageSize {
    width: u32,
    height: u32,
}

impl ImageSize {
    /// Longest side, in pixels.
    const MAX_SIDE: u32 = 16_384;
    /// Most pixels: a photograph of 50 megapixels.
    const MAX_PIXELS: u64 = 50_000_000;

    /// Whether browsers can show it without using too much memory.
    pub fn is_bearable(self) -> bool {
        let sides = 1..=Self::MAX_SIDE;
        let pixels = u64::from(self.width) * u64::from(self.height);
        sides.contains(&self.width) && sides.contains(&self.height) && pixels <= Self::MAX_PIXELS
    }

    /// Reads the header of an image. `None` when it is broken.
    pub fn read(image_type: ImageType, bytes: &[u8]) -> Option<Self> {
        match image_type {
            ImageType::Avif => avif(bytes),
            ImageType::Gif => Some(Self {
                width: little_16(bytes, 6)?.into(),
                height: little_16(bytes, 8)?.into(),
            }),
            ImageType::Ico => ico(bytes),
            ImageType::Jpeg => jpeg(bytes),
            ImageType::Png => png(bytes),
            // SVG has no pixel size.
            ImageType::Svg => Some(Self { width: 1, height: 1 }),
            ImageType::Webp => webp(bytes),
        }
    }
}

fn slice<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn big_16(bytes: &[u8], at: usize) -> Option<u16> {
    slice(bytes, at).map(u16::from_be_bytes)
}

fn big_32(bytes: &[u8], at: usize) -> Option<u32> {
    slice(bytes, at).map(u32::from_be_bytes)
}

fn little_16(bytes: &[u8], at: usize) -> Option<u16> {
    slice(bytes, at).map(u16::from_le_bytes)
}

fn little_24(bytes: &[u8], at: usize) -> Option<u32> {
    let [low, middle, high] = slice(bytes, at)?;
    Some(u32::from_le_bytes([low, middle, high, 0]))
}

/// PNG §11.2.1: the first chunk is `IHDR`.
fn png(bytes: &[u8]) -> Option<ImageSize> {
    (slice(bytes, 12)? == *b"IHDR")
        .then(|| Some(ImageSize { width: big_32(bytes, 16)?, height: big_32(bytes, 20)? }))?
}

/// Returns the largest icon of the directory. An entry has one byte per side, where 0 means 256. An
/// icon in PNG format has its size in its own header.
fn ico(bytes: &[u8]) -> Option<ImageSize> {
    let count = usize::from(little_16(bytes, 4)?);
    let mut largest = ImageSize { width: 1, height: 1 };
    for entry in 0..count {
        let at = 6 + entry * 16;
        let [width, height] = slice::<2>(bytes, at)?;
        let start = usize::try_from(u32::from_le_bytes(slice(bytes, at + 12)?)).ok()?;
        let picture = bytes.get(start..)?;
        let size = if picture.starts_with(b"\x89PNG") {
            png(picture)?
        } else {
            let side = |side: u8| if side == 0 { 256 } else { u32::from(side) };
            ImageSize { width: side(width), height: side(height) }
        };
        largest = ImageSize {
            width: largest.width.max(size.width),
            height: largest.height.max(size.height),
        };
    }
    Some(largest)
}

/// Finds the frame header (ITU-T T.81 §B.2.2) by skipping segments, which begin with their length.
fn jpeg(bytes: &[u8]) -> Option<ImageSize> {
    let mut at = 2;
    loop {
        let [0xff, marker] = slice(bytes, at)? else { return None };
        match marker {
            // Fill bytes.
            0xff => at += 1,
            // Markers without a length.
            0x01 | 0xd0..=0xd7 => at += 2,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let (height, width) = (big_16(bytes, at + 5)?, big_16(bytes, at + 7)?);
                return Some(ImageSize { width: width.into(), height: height.into() });
            }
            // The image data or the end comes before a size.
            0xd9 | 0xda => return None,
            _ => at += 2 + usize::from(big_16(bytes, at + 2)?.max(2)),
        }
    }
}

/// RFC 9649: lossy, lossless or extended format.
fn webp(bytes: &[u8]) -> Option<ImageSize> {
    match &slice::<4>(bytes, 12)? {
        b"VP8 " => {
            let side = |at| little_16(bytes, at).map(|side| u32::from(side & 0x3fff));
            Some(ImageSize { width: side(26)?, height: side(28)? })
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(slice(bytes, 21)?);
            let side = |bits: u32| (bits & 0x3fff) + 1;
            Some(ImageSize { width: side(bits), height: side(bits >> 14) })
        }
        b"VP8X" => {
            let side = |at| little_24(bytes, at).map(|side| side + 1);
            Some(ImageSize { width: side(24)?, height: side(27)? })
        }
        _ => None,
    }
}

/// Returns the largest `ispe` property (ISO/IEC 23008-12 §6.5.3): a grid image has one for itself
/// and one for its tiles.
fn avif(bytes: &[u8]) -> Option<ImageSize> {
    let mut largest: Option<ImageSize> = None;
    for (at, _) in bytes.windows(4).enumerate().filter(|(_, word)| *word == b"ispe") {
        let size = ImageSize { width: big_32(bytes, at + 8)?, height: big_32(bytes, at + 12)? };
        let pixels = |size: ImageSize| u64::from(size.width) * u64::from(size.height);
        if largest.is_none_or(|largest| pixels(largest) < pixels(size)) {
            largest = Some(size);
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Image;

    fn size(bytes: &[u8]) -> Option<(u32, u32)> {
        let image = Image::recognise(bytes.to_vec()).expect("an image");
        ImageSize::read(image.image_type, bytes).map(|size| (size.width, size.height))
    }

    /// Headers as `file` and browsers read them.
    #[test]
    fn the_size_is_read_from_the_head_of_each_type() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\0\xc8\x08\x02\0\0\0";
        assert_eq!(size(png), Some((300, 200)));
        assert_eq!(size(b"GIF89a\x2c\x01\xc8\0\0\0\0"), Some((300, 200)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x11\x08\0\xc8\x01\x2c\x03";
        assert_eq!(size(jpeg), Some((300, 200)));
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x2c\x01\xc8\0";
        assert_eq!(size(lossy), Some((300, 200)));
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x2b\xc1\x31\0";
        assert_eq!(size(lossless), Some((300, 200)));
        let extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x2b\x01\0\xc7\0\0";
        assert_eq!(size(extended), Some((300, 200)));
        let avif = b"\0\0\0\x20ftypavif\0\0\0\x14ispe\0\0\0\0\0\0\x01\x2c\0\0\0\xc8";
        assert_eq!(size(avif), Some((300, 200)));
        let entry = b"\x30\0\0\0\x01\0\x20\0\x04\0\0\0\x16\0\0\0";
        let ico = [&b"\0\0\x01\0\x01\0"[..], entry, b"\x28\0\0\0"].concat();
        assert_eq!(size(&ico), Some((48, 256)));
        let ico = [&b"\0\0\x01\0\x01\0"[..], entry, png].concat();
        assert_eq!(size(&ico), Some((300, 200)), "that of the picture in it");
    }

    #[test]
    fn a_broken_head_has_no_size() {
        for broken in [
            &b"\x89PNG\r\n\x1a\n"[..],
            b"\x89PNG\r\n\x1a\n\0\0\0\rIDAT\0\0\x01\x2c\0\0\0\xc8",
            b"\xff\xd8\xff",
            b"\xff\xd8\xff\xe0\0\0",
            b"\xff\xd8\xff\xda\0\x04ab",
            b"GIF89a\x2c\x01",
            b"RIFF\0\0\0\0WEBPVP8 ",
            b"RIFF\0\0\0\0WEBPNONE\0\0\0\0\0\0\0\0",
            b"\0\0\0\x20ftypavif",
            b"\0\0\x01\0\xff\xff",
        ] {
            assert_eq!(size(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn a_picture_has_bounded_sides_and_pixels() {
        let is_bearable = |width, height| ImageSize { width, height }.is_bearable();
        assert!(is_bearable(1, 1) && is_bearable(8_000, 6_000) && is_bearable(16_384, 100));
        assert!(
            !is_bearable(16_385, 1) && !is_bearable(1, 100_000) && !is_bearable(10_000, 10_000)
        );
        assert!(!is_bearable(0, 1) && !is_bearable(1, 0));
    }
}
