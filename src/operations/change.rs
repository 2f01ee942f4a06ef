//! A field of a change: kept, or set.

/// What is to become of a field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It gets this value, which may be the one that it has.
    Set(T),
}

impl<T: Clone + PartialEq> Change<T> {
    /// Puts the value in its place. `true` when it is another one than before.
    pub fn apply(&self, place: &mut T) -> bool {
        match self {
            Self::Set(value) if value != place => {
                place.clone_from(value);
                true
            }
            _ => false,
        }
    }
}

impl<T> From<Option<T>> for Change<T> {
    fn from(given: Option<T>) -> Self {
        given.map_or(Self::Keep, Self::Set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_value_is_a_change() {
        let mut place = "a".to_owned();
        assert!(!Change::Keep.apply(&mut place));
        assert!(!Change::Set("a".to_owned()).apply(&mut place));
        assert!(Change::Set("b".to_owned()).apply(&mut place));
        assert_eq!(place, "b");
    }
}
