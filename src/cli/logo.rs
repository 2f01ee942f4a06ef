//! Reads logo files.

use std::{fs::File, io::Read as _, path::Path};

use super::error::CliError;
use crate::model::Image;

/// Reads a logo.
pub fn read(path: &Path) -> Result<Image, CliError> {
    let unreadable = |error: std::io::Error| {
        CliError::refused(format!("cannot read the logo {}: {error}", path.display()))
            .hint("--logo names an image file that this user can read")
    };
    let mut image = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(Image::MAX_SIZE as u64 + 1).read_to_end(&mut image).map_err(unreadable)?;
    if image.len() > Image::MAX_SIZE {
        return Err(CliError::refused(format!("the logo {} is too large", path.display()))
            .hint("a logo may have at most 2 MiB"));
    }
    Image::recognise(image).ok_or_else(|| {
        CliError::refused(format!("{} is not an image that browsers can show", path.display()))
            .hint("use a PNG, JPEG, WebP, AVIF, GIF, ICO or SVG file")
    })
}
