//! The command line as its users meet it: what is printed where, and how it ends.

mod apis;
mod audit;
mod backup;
mod backup_bad;
mod backup_keys;
mod claims;
mod client_changes;
mod client_secrets;
mod clients;
mod completions;
mod databases;
mod generated;
mod groups;
mod keys;
mod output;
mod passkeys;
mod recipes;
mod recover;
mod server;
mod sessions;
mod settings;
mod setup;
mod terminal;
mod user_changes;
mod users;
