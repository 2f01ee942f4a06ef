//! What hosts need to take our certificates: the lines that an administrator pastes into their configuration.

mod lines;

pub use lines::{HostLines, trusted_lines};
