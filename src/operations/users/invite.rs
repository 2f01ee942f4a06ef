//! Inviting a user: an account, and a mail with a link to sign in for the first time.

use super::{Act, Refusal, UserDraft, Welcome, create, welcome};
use crate::{
    crypto::Secret,
    model::{
        DisplayName, EmailAddress, Group, Letter, Mail, MailRecipient, PersonName, Timestamp, User,
        Username,
    },
    operations::{
        Postbox,
        one_time_access::{self, OneTimeAccessDraft},
    },
    store::{Tx, users},
};

/// How many names are tried for an account whose name is taken.
const TRIES: u32 = 1_000;

/// The account to create, and the link to mail.
#[derive(Debug, Clone)]
pub struct UserInvitation {
    /// Their address.
    pub email: EmailAddress,
    /// Their username; made of the address when absent.
    pub username: Option<Username>,
    /// Whether the address counts as verified.
    pub email_verified: bool,
    /// Their given name, which may be empty.
    pub first_name: PersonName,
    /// Their family name, which may be empty.
    pub last_name: PersonName,
    /// The name shown to people; the full name when absent.
    pub display_name: Option<DisplayName>,
    /// Its groups and claims.
    pub welcome: Welcome,
    /// The one-time code in the link.
    pub code: Secret,
    /// The code as it is stored.
    pub access: OneTimeAccessDraft,
}

/// An invited user.
#[derive(Debug)]
pub struct Invited {
    /// Their account.
    pub user: User,
    /// Its groups.
    pub groups: Vec<Group>,
    /// When the link expires.
    pub expires_at: Timestamp,
}

/// Creates an account with a one-time link, and mails the link. Refused as [`create`] is.
pub fn invite(
    act: &mut Act<'_, '_>,
    invitation: &UserInvitation,
    postbox: &Postbox,
) -> Result<Invited, Refusal> {
    let email = &invitation.email;
    let username = match &invitation.username {
        Some(username) => username.clone(),
        None => free_username(act, email)?,
    };
    let draft = UserDraft {
        email: Some(email.clone()),
        email_verified: invitation.email_verified,
        first_name: invitation.first_name.clone(),
        last_name: invitation.last_name.clone(),
        display_name: invitation.display_name.clone(),
        ..UserDraft::new(username)
    };
    let user = create(act, &draft, None)?;
    let groups = welcome(act, &user, &invitation.welcome)?;
    let expires_at = one_time_access::create(act, &user, &invitation.access)?;
    let letter = Letter::Invitation {
        username: user.username.to_string(),
        code: invitation.code.clone(),
        expires_at,
    };
    let mail = Mail { to: MailRecipient::of(&user, email), letter };
    let now = act.now();
    postbox.post(act, &mail, now)?;
    Ok(Invited { user, groups, expires_at })
}

/// Makes a free username from the part of an address before the `@`.
fn free_username(tx: &mut Tx<'_>, email: &EmailAddress) -> Result<Username, Refusal> {
    let wanted = wanted_username(email.as_str());
    let numbered = (2..=TRIES).map(|number| format!("{wanted}{number}"));
    for name in [wanted.clone()].into_iter().chain(numbered) {
        if let Ok(username) = name.parse::<Username>()
            && users::username_owner(tx, &username)?.is_none()
        {
            return Ok(username);
        }
    }
    // Every name is taken, so the refusal names the first.
    wanted.parse().map_err(|error| Refusal::Field { field: "username", error })
}

/// The letters and digits of the local part, with a hyphen for each run of other characters.
fn wanted_username(email: &str) -> String {
    const MAX: usize = 40;
    let local = email.rsplit_once('@').map_or(email, |(local, _)| local);
    let mut name = String::new();
    for c in local.chars().take(MAX) {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => name.push(c.to_ascii_lowercase()),
            '.' | '_' | '-' if !name.is_empty() => name.push(c),
            _ if name.ends_with(|last: char| last.is_ascii_alphanumeric()) => name.push('-'),
            _ => {}
        }
    }
    let name = name.trim_end_matches(['.', '_', '-']);
    if name.is_empty() { "user".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_made_of_the_address() {
        for (email, username) in [
            ("alice@example.com", "alice"),
            ("Alice.Liddell@example.com", "alice.liddell"),
            ("alice+shop@example.com", "alice-shop"),
            ("_a@example.com", "a"),
            ("a_@example.com", "a"),
            ("用户@例子.中国", "user"),
            ("o'brien@example.com", "o-brien"),
        ] {
            let wanted = wanted_username(email);
            assert_eq!(wanted, username);
            assert!(wanted.parse::<Username>().is_ok(), "{wanted}");
        }
        assert!(wanted_username(&format!("{}@x", "a.".repeat(40))).parse::<Username>().is_ok());
    }
}
