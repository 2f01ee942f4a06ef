//! Accounts whose username is the email of another account. A look-up by it would find two accounts, and here none may
//! have such a name.
//!
//! Whoever wants to pass for somebody else can choose a username freely; an email is what others know a person by. So the
//! account that has the email keeps it, and the other one gets a username that stands for nobody.

use std::collections::{HashMap, HashSet};

use super::{Contents, Fault, contents::Renamed};

/// Gives these accounts another username, and notes it. Both accounts come over.
pub(super) fn rename(out: &mut Contents) -> Result<(), Fault> {
    let emails = out.users.iter().filter_map(|user| {
        let email = user.email.as_ref()?;
        Some((email.folded(), (user.id, user.username.to_string())))
    });
    let owners: HashMap<_, _> = emails.collect();
    let mut taken: HashSet<_> = out.users.iter().map(|user| user.username.folded()).collect();
    for user in &mut out.users {
        let Some((owner, owner_of_email)) = owners.get(&user.username.folded()) else { continue };
        if *owner == user.id {
            continue;
        }
        let neutral = format!("renamed-{}", user.id);
        let numbered = (2..).map(|number| format!("{neutral}-{number}"));
        let to = std::iter::once(neutral.clone()).chain(numbered).find(|to| !taken.contains(to));
        let to = to.unwrap_or(neutral);
        let from = user.username.to_string();
        user.username = to.parse().map_err(|error| Fault::malformed("users", error))?;
        taken.insert(user.username.folded());
        let owner_of_email = owner_of_email.clone();
        out.renamed.push(Renamed { from, to, owner_of_email });
    }
    for Renamed { from, to, owner_of_email } in out.renamed.clone() {
        let reason = format!("it is the email of {owner_of_email}; the account is {to} here");
        out.leave_out("username", from, reason);
    }
    Ok(())
}
