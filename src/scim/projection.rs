//! The attributes that a request asks for (RFC 7644 §3.9).

use serde_json::{Map, Value};

use super::AttributePath;

/// The most names in a list.
const MAX_NAMES: usize = 100;
/// These are always returned (RFC 7643 §3.1).
const ALWAYS: [&str; 2] = ["id", "schemas"];

/// The attributes that a request asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Projection {
    /// All.
    #[default]
    All,
    /// All but these.
    Without(Vec<AttributePath>),
    /// Only these.
    Only(Vec<AttributePath>),
}

impl Projection {
    /// Reads `attributes` and `excludedAttributes`. The first one wins. An invalid name
    /// stands for an unknown attribute.
    pub fn new<'a>(
        only: impl IntoIterator<Item = &'a str>,
        without: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let only = paths(only);
        let without = paths(without);
        match (only.is_empty(), without.is_empty()) {
            (false, _) => Self::Only(only),
            (true, false) => Self::Without(without),
            (true, true) => Self::All,
        }
    }

    /// Whether an attribute is asked for, or a part of it.
    pub fn wants(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(paths) => paths.iter().any(|path| path.name == name),
            Self::Without(paths) => !paths.iter().any(|path| path.is(name, None)),
        }
    }

    /// Leaves out the other attributes.
    pub fn apply(&self, resource: &mut Map<String, Value>) {
        match self {
            Self::All => {}
            Self::Only(paths) => resource.retain(|name, value| {
                let name = name.to_ascii_lowercase();
                if ALWAYS.contains(&name.as_str()) || paths.iter().any(|path| path.is(&name, None))
                {
                    return true;
                }
                let subs = |sub: &str| paths.iter().any(|path| path.is(&name, Some(sub)));
                let is_wanted = self.wants(&name);
                if is_wanted {
                    retain_parts(value, &subs);
                }
                is_wanted
            }),
            Self::Without(paths) => resource.retain(|name, value| {
                let name = name.to_ascii_lowercase();
                if ALWAYS.contains(&name.as_str()) {
                    return true;
                }
                retain_parts(value, &|sub| !paths.iter().any(|path| path.is(&name, Some(sub))));
                self.wants(&name)
            }),
        }
    }
}

/// Keeps these sub-attributes.
fn retain_parts(value: &mut Value, is_kept: &dyn Fn(&str) -> bool) {
    match value {
        Value::Object(map) => map.retain(|sub, _| is_kept(&sub.to_ascii_lowercase())),
        Value::Array(items) => items.iter_mut().for_each(|item| retain_parts(item, is_kept)),
        _ => {}
    }
}

fn paths<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<AttributePath> {
    let names = names.into_iter().map(str::trim).filter(|name| !name.is_empty());
    // A name that is none is kept as one that nothing has: it was asked for, and nothing else.
    let unknown = || AttributePath { name: String::new(), sub: None };
    names.take(MAX_NAMES).map(|name| AttributePath::parse(name).unwrap_or_else(unknown)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(only: &str, without: &str) -> Value {
        let mut resource = json!({
            "schemas": ["u"], "id": "1", "userName": "a",
            "name": {"givenName": "A", "familyName": "B"},
            "groups": [{"value": "1", "display": "x"}], "meta": {"version": "v"},
        });
        let projection = Projection::new(only.split(','), without.split(','));
        projection.apply(resource.as_object_mut().unwrap());
        resource
    }

    #[test]
    fn what_is_asked_for_is_returned_with_what_always_is() {
        assert_eq!(seen("USERNAME", ""), json!({"schemas": ["u"], "id": "1", "userName": "a"}));
        assert_eq!(
            seen("name.givenName,groups.display", ""),
            json!({"schemas": ["u"], "id": "1", "name": {"givenName": "A"}, "groups": [{"display": "x"}]})
        );
        assert_eq!(seen("x y", ""), json!({"schemas": ["u"], "id": "1"}));
        assert_eq!(
            seen("", "id,name.familyName,groups,meta,userName"),
            json!({"schemas": ["u"], "id": "1", "name": {"givenName": "A"}})
        );
        assert_eq!(
            seen("urn:ietf:params:scim:schemas:core:2.0:User:userName", "userName"),
            json!({"schemas": ["u"], "id": "1", "userName": "a"})
        );
    }
}
