//! How things look in JSON: the objects of the REST API (contract §2), which the command line
//! prints as well.

mod client;
mod group;
mod user;

pub use client::{ClientMetaView, ClientParts, ClientSecretView, ClientView};
pub use group::{GroupView, GroupWithUsersView};
pub use user::UserView;
