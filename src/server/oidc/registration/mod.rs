//! Clients that register themselves (RFC 7591), and manage their registration (RFC 7592).
//!
//! The registration access token stays the same when a registration is changed: a client that lost the
//! answer would otherwise have lost its registration.

mod answer;
mod authenticate;
pub(in crate::server) mod manage;
pub(in crate::server) mod register;

pub(in crate::server) use answer::RegistrationView;
