//! The SCIM 2.0 server (RFC 7643, RFC 7644).

mod access;
mod administrators;
mod compliance;
mod directory;
mod filters;
mod groups;
mod hostile;
mod names;
mod patch;
mod program;
mod round_trip;
mod users;
mod versions;
