//! The pages in Chromium, with a virtual authenticator: a file for each page or flow.

mod account_choice;
mod answers;
mod application;
mod applications;
mod audit;
mod consent;
mod device;
mod errors;
mod fresh_passkey;
mod harness;
mod keyboard;
mod languages;
mod one_time_link;
mod passkeys;
mod profile;
mod reauthentication;
mod sessions;
mod setup;
mod sign_in;
mod sign_out;
mod signup;
mod tour;
mod visitor;
