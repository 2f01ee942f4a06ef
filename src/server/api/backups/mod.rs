//! `/api/backups`: the backups in `BACKUP_TARGET`, an addition to Pocket ID.

mod create;
mod download;
mod list;
mod refusal;
mod routes;
mod target;
mod verify;
mod view;

pub(super) use routes::routes;
