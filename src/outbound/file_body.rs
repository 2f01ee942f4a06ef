//! Request and response bodies in files instead of memory.

use std::{
    error::Error,
    fs::File,
    io::{self, Write as _},
    os::unix::fs::FileExt as _,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};

/// Bytes read at a time.
const PIECE: usize = 64 * 1024;

/// The largest body written to a file, in bytes: the largest object in S3.
pub(super) const MAX_FILE: usize = 5 << 40;
/// How long the other side may take until it sends more of a body.
const SILENCE: Duration = Duration::from_secs(60);

/// A piece of a file to send.
#[derive(Debug)]
pub struct FileUpload {
    /// The file.
    pub file: File,
    /// Where the piece begins.
    pub offset: u64,
    /// How many bytes it has.
    pub size: u64,
    /// Whether the resource must not exist yet (`If-None-Match: *`, RFC 9110 §13.1.2).
    pub is_new: bool,
}

/// A request body, read from a file. It leaves the position of the file alone: a request that was given
/// up may still be read from while the next one is sent.
#[derive(Debug)]
pub(super) struct FileBody {
    file: File,
    offset: u64,
    left: u64,
}

impl FileBody {
    /// Sends a piece of a file.
    pub(super) fn new(upload: FileUpload) -> Self {
        Self { file: upload.file, offset: upload.offset, left: upload.size }
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
        let read = self.file.read_at(&mut piece, self.offset).and_then(|read| match read {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        });
        Poll::Ready(Some(read.map(|read| {
            self.left -= read as u64;
            self.offset += read as u64;
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
    limit: usize,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut body = Limited::new(body, limit);
    loop {
        let next = tokio::time::timeout(SILENCE, body.frame()).await;
        let Some(frame) = next.map_err(|_| "it stopped sending")? else { return Ok(()) };
        if let Ok(data) = frame?.into_data() {
            file.write_all(&data)?;
        }
    }
}
