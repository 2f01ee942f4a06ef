//! Usernames and emails, which identify an account at sign-in.

use crate::{
    model::User,
    operations::{Refusal, users::AccountNameTaken},
    store::{Tx, users},
};

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
