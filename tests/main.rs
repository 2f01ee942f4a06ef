//! The integration tests, linked once.

mod architecture;
mod browser;
mod cli;
mod crash;
mod protocol;
mod relying_party;
mod support;
