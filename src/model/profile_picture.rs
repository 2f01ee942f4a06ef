//! Pictures of users: any common format is read, one is stored.

use std::io::Cursor;

use image::{ImageDecoder as _, ImageFormat, ImageReader, Limits, imageops::FilterType};

use super::{Image, ImageType};

/// Width and height of a stored picture, in pixels (Pocket ID 2.14).
const SIDE: u32 = 300;
/// The longest side of an uploaded picture, in pixels.
const MAX_SIDE: u32 = 16_384;
/// The memory that the pixels of one may take, in bytes: 16 megapixels of a photograph.
const MAX_MEMORY: u64 = 48 * 1024 * 1024;
/// The first and the last bytes of a PNG of the stored size: the signature, the length, name and
/// size of the first chunk, and the whole last chunk (PNG 3 §5.2, §11.2.1, §11.2.5).
const PNG_START: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\x01\x2c";
const PNG_END: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";

/// A picture of a user: a PNG of 300 by 300 pixels, without metadata such as where it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfilePicture(Image);

impl ProfilePicture {
    /// The largest upload, in bytes: a photograph of a phone.
    pub const MAX_UPLOAD: usize = 8 * 1024 * 1024;
    /// The largest stored picture, in bytes: more than its pixels take without any compression.
    pub const MAX_DECODED: usize = 512 * 1024;

    /// Reads an upload (PNG, JPEG, GIF, BMP or WebP, known by its content), turns it upright, and cuts out and
    /// scales its middle. `None` when it is broken, of another format, or too large.
    ///
    /// Call it in a process that may die (`server/pictures/`): decoders do not always keep to the
    /// limits on pixels and memory that are set here.
    pub fn from_upload(bytes: &[u8]) -> Option<Self> {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
        reader.limits(limits());
        let mut decoder = reader.into_decoder().ok()?;
        if decoder.total_bytes() > MAX_MEMORY {
            return None;
        }
        let orientation = decoder.orientation().ok()?;
        let picture = image::DynamicImage::from_decoder(decoder).ok()?;
        // Cropped first: scaled as a whole, a line of 16,384 by 1 pixels would be 300 pixels high.
        let side = picture.width().min(picture.height());
        let (x, y) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
        let square = picture.crop_imm(x, y, side, side);
        drop(picture);
        let mut picture = square.resize_exact(SIDE, SIDE, FilterType::Triangle);
        picture.apply_orientation(orientation);
        let mut png = Cursor::new(Vec::new());
        picture.to_rgba8().write_to(&mut png, ImageFormat::Png).ok()?;
        Some(Self(Image { image_type: ImageType::Png, bytes: png.into_inner() }))
    }

    /// Takes what [`Self::from_upload`] made in another process. `None` unless it is a PNG of the
    /// stored size. Its pixels are not read.
    pub fn from_decoded(png: Vec<u8>) -> Option<Self> {
        let is_whole = png.starts_with(PNG_START) && png.ends_with(PNG_END);
        (is_whole && png.len() <= Self::MAX_DECODED)
            .then_some(Self(Image { image_type: ImageType::Png, bytes: png }))
    }

    /// The file.
    pub fn as_image(&self) -> &Image {
        &self.0
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    limits
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, Rgb, RgbImage};

    use super::*;

    const RED: Rgb<u8> = Rgb([255, 0, 0]);
    const BLUE: Rgb<u8> = Rgb([0, 0, 255]);

    /// Red on the left, blue on the right, in a format.
    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let pixels =
            RgbImage::from_fn(width, height, |x, _| if x < width / 2 { RED } else { BLUE });
        let mut file = Cursor::new(Vec::new());
        DynamicImage::from(pixels).write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn read(upload: &[u8]) -> RgbImage {
        let picture = ProfilePicture::from_upload(upload).unwrap();
        assert_eq!(picture.as_image().image_type, ImageType::Png);
        image::load_from_memory_with_format(&picture.as_image().bytes, ImageFormat::Png)
            .unwrap()
            .to_rgb8()
    }

    /// Whether a colour is nearly another: JPEG does not keep them exactly.
    fn is_near(one: Rgb<u8>, other: Rgb<u8>) -> bool {
        one.0.iter().zip(other.0).all(|(a, b)| a.abs_diff(b) < 12)
    }

    #[test]
    fn every_common_format_becomes_a_square_of_its_middle() {
        for format in [
            ImageFormat::Bmp,
            ImageFormat::Gif,
            ImageFormat::Jpeg,
            ImageFormat::Png,
            ImageFormat::WebP,
        ] {
            let stored = read(&picture(80, 20, format));
            assert_eq!(stored.dimensions(), (300, 300), "{format:?}");
            assert!(is_near(*stored.get_pixel(10, 150), RED), "{format:?}");
            assert!(is_near(*stored.get_pixel(290, 150), BLUE), "{format:?}");
        }
    }

    /// EXIF 2.3 §4.6.4: orientation 6 is shown turned by 90 degrees.
    #[test]
    fn a_photograph_is_turned_upright_and_its_metadata_is_gone() {
        let jpeg = picture(40, 40, ImageFormat::Jpeg);
        let exif: &[u8] =
            b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let turned = [&jpeg[..2], &[0xff, 0xe1], &length[..], exif, &jpeg[2..]].concat();
        let stored = read(&turned);
        assert!(is_near(*stored.get_pixel(150, 10), RED), "left is up");
        assert!(is_near(*stored.get_pixel(150, 290), BLUE), "right is down");
        let stored = ProfilePicture::from_upload(&turned).unwrap();
        assert!(
            !stored.as_image().bytes.windows(4).any(|bytes| bytes == b"Exif" || bytes == b"eXIf")
        );
    }

    /// Scaled before it is cropped, such a picture would take gigabytes.
    #[test]
    fn a_line_of_pixels_becomes_a_square_too() {
        for (width, height) in [(16_384, 1), (1, 16_384), (16_384, 2), (3, 5_000)] {
            for format in [ImageFormat::Png, ImageFormat::Bmp] {
                let stored = read(&picture(width, height, format));
                assert_eq!(stored.dimensions(), (300, 300));
            }
        }
        let deep = DynamicImage::new_rgba16(16_384, 1);
        let mut file = Cursor::new(Vec::new());
        deep.write_to(&mut file, ImageFormat::Png).unwrap();
        assert_eq!(read(&file.into_inner()).dimensions(), (300, 300));
    }

    #[test]
    fn a_broken_or_huge_picture_is_refused() {
        let png = picture(40, 40, ImageFormat::Png);
        let mut huge = png.clone();
        // 16,384 by 16,384 pixels in the header of some hundred bytes.
        huge[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
        let tiff = b"II*\0\x08\0\0\0\0\0\0\0\0\0";
        for upload in [&b""[..], b"text", svg, &png[..60], &huge, tiff] {
            assert!(ProfilePicture::from_upload(upload).is_none());
        }
    }

    #[test]
    fn what_another_process_made_is_a_whole_png_of_the_stored_size() {
        let made = ProfilePicture::from_upload(&picture(40, 40, ImageFormat::Png)).unwrap();
        let png = made.as_image().bytes.clone();
        assert_eq!(ProfilePicture::from_decoded(png.clone()), Some(made));

        let other_size = picture(301, 300, ImageFormat::Png);
        let long = [&png[..], &[0; ProfilePicture::MAX_DECODED], PNG_END].concat();
        let gif = picture(300, 300, ImageFormat::Gif);
        for answer in [&b""[..], b"text", &png[..png.len() - 1], &other_size, &long, &gif] {
            assert_eq!(ProfilePicture::from_decoded(answer.to_vec()), None);
        }
    }
}
