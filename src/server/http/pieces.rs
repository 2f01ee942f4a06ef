//! Bodies of responses that are read from a file piece by piece, so that none is in memory as a
//! whole.

use std::{
    fmt,
    fs::File,
    io::{self, Cursor, Read},
};

use bytes::Bytes;
use tokio::sync::mpsc;

/// The size of a piece, in bytes.
const PIECE: usize = 64 * 1024;

/// A body that is read from a file.
pub struct Pieces {
    reader: Box<dyn Read + Send>,
    size: u64,
}

/// Keeps a value, such as a turn in a queue, until all is read.
struct Keeping<T> {
    file: io::Chain<Cursor<Vec<u8>>, File>,
    _kept: T,
}

impl<T> Read for Keeping<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Pieces {
    /// A body of `size` bytes: the start, and the rest from a file. The kept value is dropped when
    /// the body is sent, or the connection is closed.
    pub(in crate::server) fn new<T: Send + 'static>(
        start: Vec<u8>,
        rest: File,
        size: u64,
        kept: T,
    ) -> Self {
        let file = Cursor::new(start).chain(rest);
        Self { reader: Box::new(Keeping { file, _kept: kept }), size }
    }

    /// The size in bytes.
    pub(in crate::server) fn size(&self) -> u64 {
        self.size
    }

    /// Begins to read, on a thread of its own. It reads one piece ahead, and ends when the receiver
    /// is dropped.
    pub(in crate::server) fn begin(self) -> mpsc::Receiver<io::Result<Bytes>> {
        let (sender, receiver) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || {
            let Self { mut reader, size: mut left } = self;
            while left > 0 {
                let piece = read_piece(&mut reader, left);
                let (read, is_end) = (piece.as_ref().map_or(0, Bytes::len) as u64, piece.is_err());
                left = left.saturating_sub(read);
                if sender.blocking_send(piece).is_err() || is_end {
                    return;
                }
            }
        });
        receiver
    }
}

/// Reads the next piece. A file that ends too early is an error, since its size was promised.
fn read_piece(reader: &mut impl Read, left: u64) -> io::Result<Bytes> {
    let mut piece = vec![0; usize::try_from(left).unwrap_or(PIECE).min(PIECE)];
    match reader.read(&mut piece)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        read => {
            piece.truncate(read);
            Ok(piece.into())
        }
    }
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pieces").field("size", &self.size).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use super::*;

    #[tokio::test]
    async fn a_file_that_ends_too_early_is_an_error_and_lets_go_of_its_turn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, [1; PIECE]).unwrap();
        let (turn, size) = (Arc::new(()), PIECE as u64 + 3);
        let begin = |size| {
            let rest = File::open(&path).unwrap();
            Pieces::new(vec![0; 2], rest, size, Arc::clone(&turn)).begin()
        };
        for (size, is_whole) in [(size - 1, true), (size, false)] {
            let (mut pieces, mut read) = (begin(size), Vec::new());
            let mut fault = None;
            while let Some(piece) = pieces.recv().await {
                match piece {
                    Ok(piece) => read.extend_from_slice(&piece),
                    Err(error) => fault = Some(error.kind()),
                }
            }
            assert_eq!(read, [vec![0; 2], vec![1; PIECE]].concat());
            assert_eq!(fault, (!is_whole).then_some(io::ErrorKind::UnexpectedEof));
        }
        let unread = begin(size);
        drop(unread);
        while Arc::strong_count(&turn) > 1 {
            tokio::task::yield_now().await;
        }
    }
}
