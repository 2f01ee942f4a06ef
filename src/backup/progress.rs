//! Progress of a backup or a restore.

/// Receives the progress of a backup or a restore.
pub trait Progress {
    /// Announces the total number of rows.
    fn begin(&self, rows: u64);
    /// Reports this many more rows as done.
    fn advance(&self, rows: u64);
}

/// Ignores progress.
#[derive(Debug, Clone, Copy)]
pub struct Unseen;

impl Progress for Unseen {
    fn begin(&self, _rows: u64) {}
    fn advance(&self, _rows: u64) {}
}

/// The number of rows per report.
const STEP: u64 = 1_024;

/// Counts rows and reports them every [`STEP`] rows.
pub(super) struct Counter<'a> {
    progress: &'a dyn Progress,
    rows: u64,
    told: u64,
}

impl<'a> Counter<'a> {
    pub(super) fn new(progress: &'a dyn Progress) -> Self {
        Self { progress, rows: 0, told: 0 }
    }

    /// Counts one more row.
    pub(super) fn count(&mut self) {
        self.rows += 1;
        if self.rows - self.told == STEP {
            self.tell();
        }
    }

    /// Reports the remaining rows and returns the total.
    pub(super) fn finish(mut self) -> u64 {
        self.tell();
        self.rows
    }

    /// The number of rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    fn tell(&mut self) {
        self.progress.advance(self.rows - self.told);
        self.told = self.rows;
    }
}
