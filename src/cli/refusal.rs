//! What the terminal says when an operation was refused: the one place where refusals are worded for it.

use super::error::CliError;
use crate::{
    model::custom_claim::{MAX_CLAIM_BYTES, MAX_CLAIMS},
    operations::{Noun, Refusal, users::AccountNameTaken},
    store::users::Taken,
};

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::AccountName(taken) => account_name_taken(&taken),
            Refusal::ClaimTwice(name) => Self::usage(format!("the claim {name} is given twice"))
                .hint(
                    "give each claim once; several values can be a JSON array: KEY='[\"a\",\"b\"]'",
                ),
            Refusal::ClaimsTooLarge => Self::refused(format!(
                "that would be more than {MAX_CLAIMS} claims or {MAX_CLAIM_BYTES} bytes of them"
            ))
            .hint("every token has all of them; applications can look long ones up elsewhere"),
            Refusal::Field { field, error } => Self::refused(format!("{field} {error}")),
            Refusal::GroupNameInUse(name) => {
                Self::refused(format!("there is a group {name} already"))
                    .hint("choose another --name")
            }
            Refusal::GroupNameReadsAsId(name) => {
                let message =
                    format!("{name} has the form of an id, and cannot be the name of a group");
                Self::refused(message)
                    .hint("commands take an id or a name; choose a name that cannot be an id")
            }
            Refusal::LastAdministrator(username) => last_administrator(&username.to_string()),
            Refusal::NoSuchClaim(name) => {
                Self::refused(format!("there is no claim {name} to remove"))
                    .hint("to go on without it, add --if-present")
            }
            Refusal::NotFound(noun) => {
                let noun = name_of(noun);
                Self::refused(format!("the {noun} was deleted meanwhile"))
                    .hint(format!("to see all of them: pocketid {noun} list"))
            }
            Refusal::NotInGroup { username, group } => {
                Self::refused(format!("{username} is not in {group}"))
                    .hint("add --if-present to pass over those who are not in it")
            }
            Refusal::Store(error) => error.into(),
            Refusal::UserIdInUse(id) => {
                Self::refused(format!("there is a user with the id {id} already"))
                    .hint("leave the id out, or choose another one")
            }
            Refusal::UnknownUser(id) => Self::refused(format!("there is no user {id}"))
                .hint("to see all of them: pocketid user list"),
        }
    }
}

/// What a noun is called on the command line.
fn name_of(noun: Noun) -> &'static str {
    match noun {
        Noun::Group => "group",
        Noun::User => "user",
    }
}

fn last_administrator(username: &str) -> CliError {
    CliError::refused(format!("{username} is the last administrator who may sign in"))
        .hint("make another one first: pocketid user add NAME --admin --login-link")
        .hint(
            "or add --yes if it is meant: `pocketid setup` will work again, and so will the page \
             /setup with the code that `pocketid setup --code` prints",
        )
}

fn account_name_taken(taken: &AccountNameTaken) -> CliError {
    let (username, is_new) = (&taken.username, taken.is_new);
    let email = taken.email.as_ref().map(ToString::to_string).unwrap_or_default();
    match &taken.taken {
        Taken::EmailInUse(owner) => {
            let message = format!("{email} is the address of {owner} already");
            CliError::refused(message).hint(if is_new {
                "two accounts cannot share an address; give another one, or none"
            } else {
                "two accounts cannot share an address; give another one"
            })
        }
        Taken::EmailIsUsername(owner) => {
            CliError::refused(format!("{email} is the username of another account, {owner}"))
                .hint("one name would stand for two accounts; give another email, or none")
        }
        Taken::UsernameInUse(_) => {
            let message = format!("there is a user {username} already");
            CliError::refused(message).hint(if is_new {
                format!("look with: pocketid user show {username}")
            } else {
                "choose another --username".to_owned()
            })
        }
        Taken::UsernameIsEmail(owner) => {
            CliError::refused(format!("{username} is the email of {owner}"))
                .hint("one name would stand for two accounts; choose another username")
        }
        Taken::UsernameReadsAsId => {
            CliError::refused(format!("{username} has the form of an id, and cannot be a username"))
                .hint("commands take an id or a name; choose a username that cannot be an id")
        }
    }
}
