//! The lines for hosts that trust our certificates.

mod lines;

pub use lines::{HostLines, trusted_lines};
