//! Suggestions for misspelt names.

use strsim::damerau_levenshtein;

/// The maximum number of suggestions.
const SUGGESTIONS: usize = 3;

/// The names closest to the typed one, nearest first.
pub fn near<'a>(typed: &str, names: &'a [String]) -> Vec<&'a str> {
    let typed = typed.to_lowercase();
    let length = typed.chars().count();
    let tolerated = (length / 3).max(1);
    let mut near: Vec<(usize, &str)> = names
        .iter()
        .filter_map(|name| {
            let folded = name.to_lowercase();
            let contains = length > 2 && folded.contains(&typed);
            // The distance is at least the difference in length, and much faster to find.
            let is_far = length.abs_diff(folded.chars().count()) > tolerated;
            if is_far && !contains {
                return None;
            }
            let distance = if contains { 1 } else { damerau_levenshtein(&typed, &folded) };
            (distance <= tolerated).then_some((distance, name.as_str()))
        })
        .collect();
    near.sort_unstable();
    // The ID and the name of a client are often the same word.
    near.dedup_by_key(|(_, name)| name.to_lowercase());
    near.into_iter().take(SUGGESTIONS).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_those_with_few_slips_nearest_first() {
        let names = ["alice", "alina", "bob", "malice-b"].map(String::from);
        assert_eq!(near("alcie", &names), ["alice"]);
        assert_eq!(near("ALICE", &names), ["alice", "malice-b"]);
        assert_eq!(near("bo", &names), ["bob"]);
        assert!(near("zoe", &names).is_empty());
    }

    #[test]
    fn only_a_few_near_names_are_told() {
        let names = ["user1", "user2", "user3", "user4"].map(String::from);
        assert_eq!(near("user", &names), ["user1", "user2", "user3"]);
    }
}
