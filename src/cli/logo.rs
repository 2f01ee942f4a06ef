//! Logos, recognised by their content: the name of a file may say anything.

use std::{fs::File, io::Read as _, path::Path};

use super::error::CliError;
use crate::store::clients::Logo;

/// Two MiB, as much as the REST API takes.
const MAX_SIZE: usize = 2 * 1024 * 1024;

/// Reads a logo.
pub fn read(path: &Path) -> Result<Logo, CliError> {
    let unreadable = |error: std::io::Error| {
        CliError::refused(format!("cannot read the logo {}: {error}", path.display()))
            .hint("--logo names an image file that this user can read")
    };
    let mut image = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_SIZE as u64 + 1).read_to_end(&mut image).map_err(unreadable)?;
    if image.len() > MAX_SIZE {
        return Err(CliError::refused(format!("the logo {} is too large", path.display()))
            .hint("it may have 2 MiB at most; a logo is shown small"));
    }
    let content_type = content_type(&image).ok_or_else(|| {
        CliError::refused(format!("{} is no image that browsers show", path.display()))
            .hint("use a PNG, JPEG, WebP, GIF or SVG file")
    })?;
    Ok(Logo { content_type: content_type.to_owned(), image })
}

fn content_type(image: &[u8]) -> Option<&'static str> {
    match image {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        text => is_svg(std::str::from_utf8(text).ok()?).then_some("image/svg+xml"),
    }
}

/// Whether the root element is `svg`, after what XML allows in front of it.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    for (opening, closing) in [("<?", "?>"), ("<!--", "-->"), ("<!DOCTYPE", ">"), ("<!--", "-->")] {
        while rest.starts_with(opening) {
            let Some((_, after)) = rest.split_once(closing) else { return false };
            rest = after.trim_start();
        }
    }
    let name = rest.strip_prefix("<svg");
    name.is_some_and(|after| after.starts_with(|c: char| c.is_whitespace() || c == '>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_first_bytes() {
        for (image, expected) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], "image/png"),
            (b"\xff\xd8\xff\xe0..", "image/jpeg"),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", "image/webp"),
            (b"GIF89a..", "image/gif"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
            (
                b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE svg>\n<svg>",
                "image/svg+xml",
            ),
        ] {
            assert_eq!(content_type(image), Some(expected));
        }
    }

    #[test]
    fn what_is_no_image_is_not_taken_for_one() {
        for text in ["", "<html><svg></svg></html>", "<svgx>", "%PDF-1.7", "<!-- <svg>", "svg"] {
            assert_eq!(content_type(text.as_bytes()), None, "{text}");
        }
    }
}
