//! What is generated from the clap model: man pages and completions.

mod completions;
mod man;

pub use completions::Completions;
pub use man::Man;
