//! A field of a change: kept or set.

/// The change of one field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Keeps the field unchanged.
    #[default]
    Keep,
    /// Sets this value, which may equal the current one.
    Set(T),
}

impl<T: Clone + PartialEq> Change<T> {
    /// Writes the value into `place`. `true` when it differs from the value before.
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

impl<T> Change<T> {
    /// The same with another value.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Set(value) => Change::Set(make(value)),
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
