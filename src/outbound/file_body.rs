//! Request and response bodies in files instead of memory.

use std::{
    error::Error,
    fs::File,
    io::{self, Read as _, Write as _},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};

/// Bytes read at a time.
const PIECE: usize = 64 * 1024;

/// The largest body written to a file, in bytes: more than S3 accepts in one request.
const MAX_SIZE: usize = 6 << 30;

/// A request body, read from the current position of a file.
#[derive(Debug)]
pub(super) struct FileBody {
    file: File,
    left: u64,
}

impl FileBody {
    /// Sends `size` bytes of a file.
    pub(super) fn new(file: File, size: u64) -> Self {
        Self { file, left: size }
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    /// Reads synchronously: a disk is faster than the network, and only this transfer waits for it.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let mut piece = vec![0; usize::try_from(self.left).unwrap_or(PIECE).min(PIECE)];
        let read = self.file.read(&mut piece).and_then(|read| match read {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        });
        Poll::Ready(Some(read.map(|read| {
            self.left -= read as u64;
            piece.truncate(read);
            Frame::data(piece.into())
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Writes a response body into a file.
pub(super) async fn write(
    body: Incoming,
    file: &mut File,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut body = Limited::new(body, MAX_SIZE);
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            file.write_all(&data)?;
        }
    }
    Ok(())
}
