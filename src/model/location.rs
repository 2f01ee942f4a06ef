//! Where an IP address is.

/// A country and a city, in English. Both are empty if they are unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The country, or [`Location::INTERNAL`].
    pub country: String,
    /// The city, or the kind of the inside network.
    pub city: String,
}

impl Location {
    /// The country of inside networks (Pocket ID 2.14).
    pub const INTERNAL: &str = "Internal Network";

    /// An inside network of this kind.
    pub fn internal(kind: &str) -> Self {
        Self { country: Self::INTERNAL.to_owned(), city: kind.to_owned() }
    }

    /// The city and the country for people, such as `Bergen, Norway`. `None` if both are unknown.
    pub fn describe(&self) -> Option<String> {
        let known = [&self.city, &self.country];
        let known: Vec<_> = known.into_iter().filter(|text| !text.is_empty()).cloned().collect();
        (!known.is_empty()).then(|| known.join(", "))
    }
}
