//! The protocol over HTTP, foldered by standard.

mod sign_in;
