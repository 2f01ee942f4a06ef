//! Decodes pictures for a command, which has no queue.

use std::{io, sync::Arc};

use super::{ServerProgram, decoder::PictureDecoder};
use crate::{model::ProfilePicture, server::limits};

/// Decodes a picture in a process of its own. `None` if it is not a picture that can be read within the bounds.
pub async fn decode_apart(upload: Vec<u8>) -> io::Result<Option<ProfilePicture>> {
    let decoder: Arc<PictureDecoder> =
        PictureDecoder::new(ServerProgram::default(), limits::PICTURE_TIME);
    decoder.run(&upload).await
}
