//! Subjects of trusted issuers, and the users that they stand for. The token endpoint makes them, with the first
//! assertion about a user.

mod list;
mod remove;

pub use list::list;
pub use remove::remove;

use super::{Act, Noun, Refusal};
