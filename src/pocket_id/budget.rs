//! How much an import may unpack and hold, by the size of what it reads: a small file must not fill the memory.

use std::{
    cell::Cell,
    io::{self, ErrorKind, Read},
    rc::Rc,
};

use super::Fault;

const MIB: u64 = 1024 * 1024;
/// How much may be unpacked: this, and so many times the size of the file. An export of Pocket ID is ten to
/// fifteen times as large when it is unpacked.
const FREE_UNPACKED: u64 = 2 * MIB;
const MAX_RATIO: u64 = 40;
/// How much may be held in memory: this, and so many times the size of the file, and never more than that.
const FREE_HELD: u64 = 32 * MIB;
const HELD_RATIO: u64 = 40;
const MAX_HELD: u64 = 1024 * MIB;

/// What is left. All copies of it are one.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    unpacked: Rc<Cell<u64>>,
    held: Rc<Cell<u64>>,
}

impl Budget {
    /// For a file of so many bytes.
    pub(super) fn of(size: u64) -> Self {
        let limit = |free: u64, ratio: u64| size.saturating_mul(ratio).saturating_add(free);
        Self {
            unpacked: Rc::new(Cell::new(limit(FREE_UNPACKED, MAX_RATIO))),
            held: Rc::new(Cell::new(limit(FREE_HELD, HELD_RATIO).min(MAX_HELD))),
        }
    }

    /// Takes memory for what is going to be held.
    pub(super) fn hold(&self, bytes: usize) -> Result<(), Fault> {
        match self.held.get().checked_sub(bytes as u64) {
            Some(left) => {
                self.held.set(left);
                Ok(())
            }
            None => Err(Fault::TooLarge {
                what: "what it holds".to_owned(),
                limit: "a file of this size can hold".to_owned(),
            }),
        }
    }

    /// A reader of what is unpacked, which fails when that becomes too much.
    pub(super) fn unpacking<R: Read>(&self, inner: R) -> Unpacking<R> {
        Unpacking { inner, left: Rc::clone(&self.unpacked) }
    }
}

/// For a file of any size.
impl Default for Budget {
    fn default() -> Self {
        Self::of(u64::MAX)
    }
}

/// Reads what is unpacked, within the budget.
pub(super) struct Unpacking<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Unpacking<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64);
        self.left.set(left.ok_or_else(|| {
            let fault =
                "it is far larger unpacked than the file, as if it were made to fill the memory";
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
