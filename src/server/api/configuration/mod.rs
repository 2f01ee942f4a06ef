//! `/api/configuration`: the installation as a document, an addition to Pocket ID.

mod body;
mod diff;
mod guarded;
mod refusal;
mod replace;
mod routes;
mod show;
mod show_schema;
mod sources;
mod work;
mod workshop;

pub(super) use routes::routes;
