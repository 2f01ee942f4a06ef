//! Accounts whose username is the email of another account. A lookup by that name would find two
//! accounts, so it is not allowed here.
//!
//! An impostor can choose any username, but people know a user by the email. So the owner of the
//! email keeps it, and the other account gets a neutral username.

use std::collections::{HashMap, HashSet};

use super::{Contents, ImportFault, contents::RenamedAccount};

/// Gives these accounts a new username and records it. Both accounts are imported.
pub(super) fn rename(out: &mut Contents) -> Result<(), ImportFault> {
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
        user.username = to.parse().map_err(|error| ImportFault::malformed("users", error))?;
        taken.insert(user.username.folded());
        let owner_of_email = owner_of_email.clone();
        out.renamed.push(RenamedAccount { from, to, owner_of_email });
    }
    for RenamedAccount { from, to, owner_of_email } in out.renamed.clone() {
        let reason = format!("it is the email of {owner_of_email}; the username is now {to}");
        out.leave_out("username", from, reason);
    }
    Ok(())
}
