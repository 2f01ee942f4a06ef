//! The pages in Chromium, with a virtual authenticator.

mod account;
mod harness;
mod interaction;
mod support;
