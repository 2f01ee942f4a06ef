//! Lists of rules that administrators give a client.

/// The most rules of one kind of a client.
pub const MAX_RULES: usize = 50;

/// Why these cannot be the rules of one client: there are too many, or two are about the same.
pub(super) fn fault_of<T>(
    rules: &[T],
    is_about_same: impl Fn(&T, &T) -> bool,
    twice: &'static str,
) -> Option<&'static str> {
    let is_twice = |(index, rule): (usize, &T)| {
        rules[..index].iter().any(|earlier| is_about_same(earlier, rule))
    };
    if rules.len() > MAX_RULES {
        Some("has more than 50 entries")
    } else if rules.iter().enumerate().any(is_twice) {
        Some(twice)
    } else {
        None
    }
}
