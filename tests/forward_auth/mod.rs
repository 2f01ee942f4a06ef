//! Forward auth: access to a protected host, and the sign-in there.

mod bad_proxies;
mod codes;
mod doors;
mod gate;
mod programs;
mod visitor;
