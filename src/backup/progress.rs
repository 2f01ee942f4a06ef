//! How far it is.

/// Is told how far a backup or a restore is.
pub trait Progress {
    /// There are so many rows.
    fn begin(&self, rows: u64);
    /// So many more are done.
    fn advance(&self, rows: u64);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy)]
pub struct Unseen;

impl Progress for Unseen {
    fn begin(&self, _rows: u64) {}
    fn advance(&self, _rows: u64) {}
}

/// How many rows are told at a time.
const STEP: u64 = 1_024;

/// Counts rows, and tells of them now and then.
pub(super) struct Counter<'a> {
    progress: &'a dyn Progress,
    rows: u64,
    told: u64,
}

impl<'a> Counter<'a> {
    pub(super) fn new(progress: &'a dyn Progress) -> Self {
        Self { progress, rows: 0, told: 0 }
    }

    /// One more row.
    pub(super) fn count(&mut self) {
        self.rows += 1;
        if self.rows - self.told == STEP {
            self.tell();
        }
    }

    /// How many rows there were.
    pub(super) fn finish(mut self) -> u64 {
        self.tell();
        self.rows
    }

    /// How many rows there were so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    fn tell(&mut self) {
        self.progress.advance(self.rows - self.told);
        self.told = self.rows;
    }
}
