//! The integration tests, linked once.

mod browser;
mod protocol;
mod relying_party;
mod support;
