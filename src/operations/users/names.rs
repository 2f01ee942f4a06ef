//! The names that an account is found by.

use crate::{
    model::{EmailAddress, User, Username},
    operations::Refusal,
    store::{
        Tx,
        users::{self, Taken},
    },
};

/// A username or an email by which a look-up would find another account.
#[derive(Debug)]
pub struct AccountNameTaken {
    /// Which of both, and whose it is.
    pub taken: Taken,
    /// The username that was wanted.
    pub username: Username,
    /// The email that was wanted.
    pub email: Option<EmailAddress>,
    /// Whether the account does not exist yet.
    pub is_new: bool,
}

/// Refuses a username or an email by which a look-up would find another account. It has to be in the
/// transaction of the change, so that nobody takes the name in between.
///
/// Where both are taken, only the email is told: `already_in_use` names one property, and Pocket ID 2.14 looks at the
/// email first. Whoever mends it hears of the username next.
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
