//! A username or an email that belongs to another account.

use crate::{
    model::{EmailAddress, Username},
    store::users::TakenName,
};

/// A username or an email that belongs to another account.
#[derive(Debug)]
pub struct AccountNameTaken {
    /// The taken name and the account that has it.
    pub taken: TakenName,
    /// The requested username.
    pub username: Username,
    /// The requested email.
    pub email: Option<EmailAddress>,
    /// Whether the account does not exist yet.
    pub is_new: bool,
}
