//! Limits on how much an import may unpack and hold in memory, in proportion to the size of its
//! file. They protect against decompression bombs.

use std::{
    cell::Cell,
    io::{self, ErrorKind, Read},
    rc::Rc,
};

use super::ImportFault;

const MIB: u64 = 1024 * 1024;
/// The unpacked data may have this many bytes, plus this multiple of the file size. An export of
/// Pocket ID unpacks to ten to fifteen times its size.
const FREE_UNPACKED: u64 = 2 * MIB;
const MAX_RATIO: u64 = 40;
/// The data in memory may have this many bytes, plus this multiple of the file size, up to the
/// maximum.
const FREE_HELD: u64 = 32 * MIB;
const HELD_RATIO: u64 = 40;
const MAX_HELD: u64 = 1024 * MIB;

/// The bytes that are left, shared by all clones.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    unpacked: Rc<Cell<u64>>,
    held: Rc<Cell<u64>>,
}

impl Budget {
    /// The budget for a file of this many bytes.
    pub(super) fn of(size: u64) -> Self {
        let limit = |free: u64, ratio: u64| size.saturating_mul(ratio).saturating_add(free);
        Self {
            unpacked: Rc::new(Cell::new(limit(FREE_UNPACKED, MAX_RATIO))),
            held: Rc::new(Cell::new(limit(FREE_HELD, HELD_RATIO).min(MAX_HELD))),
        }
    }

    /// Reserves memory for data to be held.
    pub(super) fn hold(&self, bytes: usize) -> Result<(), ImportFault> {
        match self.held.get().checked_sub(bytes as u64) {
            Some(left) => {
                self.held.set(left);
                Ok(())
            }
            None => Err(ImportFault::TooLarge {
                what: "its content".to_owned(),
                limit: "expected for a file of this size".to_owned(),
            }),
        }
    }

    /// Wraps a reader of unpacked data. It fails when the data exceeds the budget.
    pub(super) fn unpacking<R: Read>(&self, inner: R) -> Unpacking<R> {
        Unpacking { inner, left: Rc::clone(&self.unpacked) }
    }
}

/// The budget for a file of any size: only the maximum memory applies.
impl Default for Budget {
    fn default() -> Self {
        Self::of(u64::MAX)
    }
}

/// A reader of unpacked data that counts against the budget.
pub(super) struct Unpacking<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Unpacking<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64);
        self.left.set(left.ok_or_else(|| {
            let fault = "its content is far larger than the file, as in a ZIP bomb";
            io::Error::new(ErrorKind::FileTooLarge, fault)
        })?);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_file_may_unpack_and_hold_little() {
        let budget = Budget::of(1_000);
        let unpacked =
            |bytes| io::copy(&mut budget.unpacking(io::repeat(0).take(bytes)), &mut io::sink());
        unpacked(MIB).unwrap();
        assert_eq!(unpacked(2 * MIB).unwrap_err().kind(), ErrorKind::FileTooLarge);

        budget.hold(20 << 20).unwrap();
        assert!(budget.clone().hold(20 << 20).is_err(), "a copy has what the other has left");
        budget.hold(10 << 20).unwrap();
    }
}
