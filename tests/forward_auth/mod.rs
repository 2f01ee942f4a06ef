//! Forward auth: who may pass at a protected host, and how they sign in there.

mod bad_proxies;
mod codes;
mod doors;
mod gate;
mod programs;
mod visitor;
