//! Usernames and emails that several entries want.

use std::collections::{HashMap, HashSet};

/// The names of an account, in lower case: its username and its email.
#[derive(Debug, Clone, Default)]
pub struct NameClaim {
    /// Those that it has; none for a new account.
    pub current: Vec<String>,
    /// Those that it is to have; none for an account that is deleted.
    pub wanted: Vec<String>,
}

/// The outcome of the claims.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SettledNames {
    /// Claims, by their position, that cannot be met, and the name that another account has. These accounts
    /// keep their names.
    pub refused: HashMap<usize, String>,
    /// Claims whose names are now those of other accounts, which get other names. They have to be met
    /// together.
    pub swaps: HashSet<usize>,
}

impl NameClaim {
    fn names(&self, is_refused: bool) -> &[String] {
        if is_refused { &self.current } else { &self.wanted }
    }

    fn is_new(&self, name: &String) -> bool {
        !self.current.contains(name)
    }
}

/// Settles the claims, the first come first, beside the names of `others`. An account that wants to keep its
/// name keeps it.
pub fn settle(claims: &[NameClaim], others: &HashSet<String>) -> SettledNames {
    let mut refused = HashMap::new();
    loop {
        let found = refuse(claims, others, &refused);
        if found.is_empty() {
            break;
        }
        refused.extend(found);
    }
    let swaps = swaps(claims, &refused);
    SettledNames { refused, swaps }
}

/// Finds claims that clash, when these are refused already.
fn refuse(
    claims: &[NameClaim],
    others: &HashSet<String>,
    refused: &HashMap<usize, String>,
) -> HashMap<usize, String> {
    let mut owners: HashMap<&str, usize> = HashMap::new();
    for (position, claim) in claims.iter().enumerate() {
        let names = claim.names(refused.contains_key(&position)).iter();
        let kept = names.filter(|name| !claim.is_new(name));
        owners.extend(kept.map(|name| (name.as_str(), position)));
    }
    let mut found = HashMap::new();
    for (position, claim) in claims.iter().enumerate() {
        if refused.contains_key(&position) {
            continue;
        }
        let new: Vec<&String> = claim.wanted.iter().filter(|name| claim.is_new(name)).collect();
        let is_taken = |name: &&&String| {
            let owner = owners.get(name.as_str());
            others.contains(**name) || owner.is_some_and(|owner| *owner != position)
        };
        if let Some(name) = new.iter().find(is_taken) {
            found.insert(position, (**name).clone());
        } else {
            owners.extend(new.iter().map(|name| (name.as_str(), position)));
        }
    }
    found
}

/// Finds claims to names that accounts give up at the same time.
fn swaps(claims: &[NameClaim], refused: &HashMap<usize, String>) -> HashSet<usize> {
    let mut holders: HashMap<&str, usize> = HashMap::new();
    for (position, claim) in claims.iter().enumerate() {
        // Accounts that are deleted go first.
        if !claim.wanted.is_empty() {
            holders.extend(claim.current.iter().map(|name| (name.as_str(), position)));
        }
    }
    let mut swaps = HashSet::new();
    for (position, claim) in claims.iter().enumerate() {
        if refused.contains_key(&position) {
            continue;
        }
        for name in claim.wanted.iter().filter(|name| claim.is_new(name)) {
            if let Some(holder) = holders.get(name.as_str()) {
                swaps.extend([position, *holder]);
            }
        }
    }
    swaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(current: &[&str], wanted: &[&str]) -> NameClaim {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        NameClaim { current: names(current), wanted: names(wanted) }
    }

    fn settled(claims: &[NameClaim], others: &[&str]) -> (Vec<usize>, Vec<usize>) {
        let others = others.iter().map(|name| (*name).to_owned()).collect();
        let SettledNames { refused, swaps } = settle(claims, &others);
        let mut refused: Vec<_> = refused.into_keys().collect();
        let mut swaps: Vec<_> = swaps.into_iter().collect();
        refused.sort_unstable();
        swaps.sort_unstable();
        (refused, swaps)
    }

    #[test]
    fn the_first_of_two_gets_a_name_and_whoever_has_it_keeps_it() {
        let claims = [claim(&[], &["ann"]), claim(&[], &["ann", "b@x"]), claim(&[], &["b@x"])];
        assert_eq!(settled(&claims, &[]), (vec![1], vec![]));
        let claims = [claim(&[], &["ann"]), claim(&["ann"], &["ann"])];
        assert_eq!(settled(&claims, &[]), (vec![0], vec![]));
    }

    #[test]
    fn names_of_other_accounts_are_never_taken() {
        let claims = [claim(&[], &["root", "r@x"]), claim(&["eve"], &["eve", "r@x"])];
        assert_eq!(settled(&claims, &["root"]), (vec![0], vec![]));
        assert_eq!(settled(&claims, &["r@x"]), (vec![0, 1], vec![]));
    }

    #[test]
    fn two_accounts_swap_their_names() {
        let claims = [claim(&["a"], &["b"]), claim(&["b"], &["a"]), claim(&["c"], &["c"])];
        assert_eq!(settled(&claims, &[]), (vec![], vec![0, 1]));
    }

    #[test]
    fn a_chain_fails_as_a_whole_when_its_end_is_stuck() {
        let claims = [claim(&["a"], &["b"]), claim(&["b"], &["c"]), claim(&["c"], &["root"])];
        assert_eq!(settled(&claims, &["root"]), (vec![0, 1, 2], vec![]));
        assert_eq!(settled(&claims, &[]), (vec![], vec![0, 1, 2]));
    }

    #[test]
    fn a_name_is_free_when_its_account_is_deleted() {
        let claims = [claim(&["a"], &[]), claim(&[], &["a"])];
        assert_eq!(settled(&claims, &[]), (vec![], vec![]));
    }
}
