//! Filters (RFC 7644 §3.4.2.2): `userName eq "alice" and active eq true`.

mod compare;
mod lookup;
mod parse;
mod syntax;
mod tokens;

pub use lookup::Lookup;
pub use parse::PatchPath;
pub use syntax::{MAX_FILTER, ScimFilter};
