//! A progress bar on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

use super::super::context::Context;
use crate::backup::Progress;

/// A progress bar; hidden off a terminal and with --quiet.
pub struct Bar(ProgressBar);

impl Bar {
    /// Creates a bar with a label.
    pub fn new(ctx: &Context, what: &'static str) -> Self {
        if !ctx.report().shows_progress() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(0).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{wide_bar}] {percent:>3} %") {
            bar.set_style(style.progress_chars("#> "));
        }
        Self(bar)
    }
}

impl Progress for Bar {
    fn begin(&self, rows: u64) {
        self.0.set_length(rows);
        self.0.set_position(0);
    }

    fn advance(&self, rows: u64) {
        self.0.inc(rows);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
