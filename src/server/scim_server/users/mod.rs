//! `/scim/v2/Users`: a file per endpoint.

mod change;
mod create;
mod delete;
mod find;
mod list;
mod load;
mod patch;
mod replace;
mod show;

pub(super) use create::create;
pub(super) use delete::delete;
pub(super) use find::page as find_page;
pub(super) use list::{list, search};
pub(super) use patch::patch;
pub(super) use replace::replace;
pub(super) use show::show;
