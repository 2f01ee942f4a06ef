//! Reads a directory over LDAP (RFC 4511), within bounds: times, the size of messages and the number of
//! entries. Referrals are not followed.

mod ber;
mod connect;
mod fault;
mod pump;
mod query;
mod server;
mod session;
#[cfg(test)]
mod tests;

pub use fault::LdapFault;
pub use query::{LdapEntry, LdapQuery};
pub use server::{LdapServer, LdapTimes};
pub use session::LdapSession;
