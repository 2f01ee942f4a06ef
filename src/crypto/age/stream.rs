//! The payload: chunks of 64 KiB, each encrypted with ChaCha20-Poly1305. The nonce holds the number
//! of the chunk and whether it is the last one, so no chunk can be removed, moved or cut off.

use std::{
    fmt,
    io::{self, BufRead, ErrorKind, Read, Write},
};

use ring::aead::{Aad, LessSafeKey, Nonce};

const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

/// Counts the chunks and makes the nonce of each.
#[derive(Default)]
struct Counter(u64);

impl Counter {
    fn next(&mut self, is_last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&self.0.to_be_bytes());
        nonce[11] = is_last.into();
        self.0 += 1;
        Nonce::assume_unique_for_key(nonce)
    }
}

/// Encrypts the bytes written to it. Without [`Self::finish`] the output cannot be decrypted.
pub struct Encrypting<W> {
    sink: W,
    key: LessSafeKey,
    counter: Counter,
    chunk: Vec<u8>,
}

impl<W: Write> Encrypting<W> {
    pub(super) fn new(sink: W, key: LessSafeKey) -> Self {
        Self { sink, key, counter: Counter::default(), chunk: Vec::with_capacity(CHUNK + TAG) }
    }

    /// Writes the last chunk and returns the sink.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        Ok(self.sink)
    }

    fn seal(&mut self, is_last: bool) -> io::Result<()> {
        let nonce = self.counter.next(is_last);
        let sealed = self.key.seal_in_place_append_tag(nonce, Aad::empty(), &mut self.chunk);
        sealed.map_err(|_| io::Error::other("a chunk could not be sealed"))?;
        self.sink.write_all(&self.chunk)?;
        self.chunk.clear();
        Ok(())
    }
}

impl<W: Write> Write for Encrypting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk is held back until more bytes come: if none come, it is the last one.
        if self.chunk.len() == CHUNK && !bytes.is_empty() {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// A partly filled chunk stays in the buffer until [`Encrypting::finish`].
    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Decrypts the bytes read through it. Returns plaintext only from authenticated chunks.
pub struct Decrypting<R> {
    reader: R,
    key: LessSafeKey,
    counter: Counter,
    chunk: Vec<u8>,
    given: usize,
    is_over: bool,
}

impl<R: BufRead> Decrypting<R> {
    pub(super) fn new(reader: R, key: LessSafeKey) -> Self {
        let chunk = Vec::with_capacity(CHUNK + TAG);
        Self { reader, key, counter: Counter::default(), chunk, given: 0, is_over: false }
    }

    fn open_next(&mut self) -> io::Result<()> {
        self.chunk.clear();
        self.given = 0;
        let limit = (CHUNK + TAG) as u64;
        self.reader.by_ref().take(limit).read_to_end(&mut self.chunk)?;
        self.is_over = self.reader.fill_buf()?.is_empty();
        let is_first = self.counter.0 == 0;
        let nonce = self.counter.next(self.is_over);
        let length = match self.key.open_in_place(nonce, Aad::empty(), &mut self.chunk) {
            Ok(opened) => opened.len(),
            Err(_) => return Err(altered()),
        };
        // The last chunk may be empty only if the whole payload is empty.
        if length == 0 && !is_first {
            return Err(altered());
        }
        self.chunk.truncate(length);
        Ok(())
    }
}

impl<R: BufRead> Read for Decrypting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.chunk.len()
            && !self.is_over
            && let Err(error) = self.open_next()
        {
            // Return no plaintext of this chunk, now or later.
            self.chunk.clear();
            return Err(error);
        }
        let taken = buffer.len().min(self.chunk.len() - self.given);
        buffer[..taken].copy_from_slice(&self.chunk[self.given..self.given + taken]);
        self.given += taken;
        Ok(taken)
    }
}

fn altered() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "it was altered or cut off")
}

impl<W> fmt::Debug for Encrypting<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypting")
    }
}

impl<R> fmt::Debug for Decrypting<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decrypting")
    }
}
