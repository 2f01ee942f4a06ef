//! Usernames and emails, which identify an account at sign-in.

use crate::{
    model::{EmailAddress, User, Username},
    operations::Refusal,
    store::{
        Tx,
        users::{self, Taken},
    },
};

/// A username or an email that belongs to another account.
#[derive(Debug)]
pub struct AccountNameTaken {
    /// The taken name and the account that has it.
    pub taken: Taken,
    /// The requested username.
    pub username: Username,
    /// The requested email.
    pub email: Option<EmailAddress>,
    /// Whether the account does not exist yet.
    pub is_new: bool,
}

/// Refuses a username or an email that belongs to another account. Must run in the transaction of
/// the change, so that no other account takes the name in between.
///
/// When both are taken, it reports only the email: `already_in_use` names one property, and Pocket
/// ID 2.14 checks the email first. The username is reported at the next attempt.
pub fn refuse_taken(tx: &mut Tx<'_>, user: &User, before: Option<&User>) -> Result<(), Refusal> {
    match users::find_taken(tx, user, before)? {
        None => Ok(()),
        Some(taken) => Err(Refusal::AccountName(Box::new(AccountNameTaken {
            taken,
            username: user.username.clone(),
            email: user.email.clone(),
            is_new: before.is_none(),
        }))),
    }
}
