//! The pictures of the installation itself.

mod adopt;
mod delete;
mod set;

pub use adopt::adopt;
pub use delete::delete;
pub use set::{require_bearable, set};

use super::{Act, Noun, Refusal};
