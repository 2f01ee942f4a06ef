//! Usernames and emails, which identify an account at sign-in.

use crate::{
    model::User,
    operations::{Act, Refusal, users::AccountNameTaken},
    store::{
        StoreError,
        users::{self, TakenName},
    },
};

/// Refuses a username or an email that belongs to another account. Must run in the transaction of
/// the change, so that no other account takes the name in between.
///
/// When both are taken, it reports only the email: `already_in_use` names one property, and Pocket
/// ID 2.14 checks the email first. The username is reported at the next attempt.
///
/// A name in the form of an id is refused too, except over SCIM. There it may not be the id of an
/// account, since applications might confuse the two.
pub fn refuse_taken(
    act: &mut Act<'_, '_>,
    user: &User,
    before: Option<&User>,
) -> Result<(), Refusal> {
    match users::find_taken(act, user, before)? {
        None => Ok(()),
        Some(TakenName::UsernameReadsAsId)
            if act.may_name_like_ids() && !is_id_of_account(act, user)? =>
        {
            Ok(())
        }
        Some(taken) => Err(Refusal::AccountName(Box::new(AccountNameTaken {
            taken,
            username: user.username.clone(),
            email: user.email.clone(),
            is_new: before.is_none(),
        }))),
    }
}

/// Whether the username is the id of an account, in any form.
fn is_id_of_account(act: &mut Act<'_, '_>, user: &User) -> Result<bool, StoreError> {
    match user.username.as_str().parse() {
        Ok(id) => Ok(users::find(act, id)?.is_some()),
        Err(_) => Ok(false),
    }
}
