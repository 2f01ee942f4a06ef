//! Everything generated from the clap model: man pages, the reference, completions.

mod completions;
mod man;
mod names;
mod reference;
mod shown;

pub use completions::{Completions, answer_shell};
pub use man::Man;
