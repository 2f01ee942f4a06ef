//! `pocketid decode-picture`: started by the server for each upload (`server/pictures/`).

use std::io::{self, Read as _};

use super::{
    context::Context,
    error::{CliError, Kind},
};
use crate::{model::ProfilePicture, server};

/// The longest upload that is read.
const MOST: u64 = ProfilePicture::MAX_UPLOAD as u64;

/// Decode a profile picture from standard input, as the server does with uploads
#[derive(Debug, clap::Args)]
pub struct DecodePicture {}

impl DecodePicture {
    /// Writes the picture to standard output. The exit code tells a file that is no picture.
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let failed = |error| {
            CliError::new(Kind::Bug, format!("cannot decode a picture: {error}"))
                .hint("the server starts this command; it is of no use elsewhere")
        };
        server::confine().map_err(failed)?;
        let mut upload = Vec::new();
        io::stdin().lock().take(MOST).read_to_end(&mut upload).map_err(failed)?;
        let picture = ProfilePicture::from_upload(&upload);
        let picture = picture.ok_or_else(|| {
            CliError::new(Kind::Input, "cannot read this as a picture")
                .hint("use a PNG, JPEG, GIF, BMP or WebP file")
        })?;
        ctx.report().bytes(&picture.as_image().bytes)
    }
}
