//! Parameters of a query or form, each at most once (RFC 6749 §3.1, §3.2).

use std::collections::BTreeMap;

use super::OAuthError;

/// Maximum number of parameters; valid requests have fewer.
const MAX_PARAMS: usize = 64;

/// Parameters by name. Parameters without a value count as omitted (RFC 6749 §3.1).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params(BTreeMap<String, String>);

impl Params {
    /// Parses a query or an `application/x-www-form-urlencoded` body.
    pub fn parse(encoded: &[u8]) -> Result<Self, OAuthError> {
        match Self::salvage(encoded) {
            (params, None) => Ok(params),
            (_, Some(fault)) => Err(fault),
        }
    }

    /// Parses the same formats, but keeps the unambiguous parameters of a faulty request. The
    /// authorization endpoint reports the fault to the client if these prove its redirect URI (RFC
    /// 6749 §4.1.2.1).
    pub fn salvage(encoded: &[u8]) -> (Self, Option<OAuthError>) {
        let (mut params, mut faulty) = (BTreeMap::new(), BTreeMap::new());
        for (name, value) in form_urlencoded::parse(encoded) {
            if params.len() + faulty.len() == MAX_PARAMS {
                let fault = OAuthError::invalid_request("The request has too many parameters.");
                return (Self::default(), Some(fault));
            }
            let what = match value {
                _ if params.contains_key(&*name) => "is given more than once",
                value if value.contains(['\0', char::REPLACEMENT_CHARACTER]) => "is not text",
                value => {
                    params.insert(name.into_owned(), value.into_owned());
                    continue;
                }
            };
            faulty.insert(name.into_owned(), what);
        }
        params.retain(|name, _| !faulty.contains_key(name));
        let fault = faulty.first_key_value().map(|(name, what)| {
            OAuthError::invalid_request(format!("The parameter {} {what}.", shown(name)))
        });
        (Self(params), fault)
    }

    /// The value of a parameter; `None` when it is empty.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value of a required parameter.
    pub fn required(&self, name: &str) -> Result<&str, OAuthError> {
        self.value(name)
            .ok_or_else(|| OAuthError::invalid_request(format!("The parameter {name} is missing.")))
    }

    /// All parameters.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The parameters with these names, for storage.
    pub fn only(&self, names: &[&str]) -> BTreeMap<String, String> {
        let kept = names.iter().filter_map(|name| Some((*name, self.value(name)?)));
        kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

impl From<BTreeMap<String, String>> for Params {
    fn from(params: BTreeMap<String, String>) -> Self {
        Self(params)
    }
}

impl std::fmt::Debug for Params {
    /// Prints only the names, since the values may be codes and secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The name of a parameter, safe in an error description (RFC 6749 §5.2: a set of ASCII).
fn shown(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c)).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §3.1: parameters must not be included more than once.
    #[test]
    fn a_parameter_given_twice_is_refused() {
        assert!(Params::parse(b"a=1&b=2&a=1").is_err());
        assert!(Params::parse(b"a=&a=1").is_err());
    }

    /// RFC 6749 §4.1.2.1: ambiguous parameters are ignored, the others count.
    #[test]
    fn what_is_given_twice_is_not_salvaged() {
        let (params, fault) = Params::salvage(b"b=%ff&a=1&c=2&a=1&b=1&a=");
        assert_eq!(params.iter().collect::<Vec<_>>(), [("c", "2")]);
        assert_eq!(fault.unwrap().description, "The parameter a is given more than once.");
        let many: Vec<_> = (0..100).map(|n| format!("p{n}=1")).collect();
        assert_eq!(Params::salvage(many.join("&").as_bytes()).0.iter().count(), 0);
    }

    /// RFC 6749 §3.1: parameters sent without a value are treated as omitted.
    #[test]
    fn a_parameter_without_value_counts_as_omitted() {
        let params = Params::parse(b"a=&b&c=+x%20").unwrap();
        assert_eq!(params.value("a"), None);
        assert_eq!(params.value("b"), None);
        assert_eq!(params.value("c"), Some(" x "));
        assert!(params.required("a").is_err());
    }

    #[test]
    fn what_is_not_text_is_refused() {
        assert!(Params::parse(b"a=%00").is_err());
        assert!(Params::parse(b"a=%ff").is_err());
        let many: Vec<_> = (0..100).map(|n| format!("p{n}=1")).collect();
        assert!(Params::parse(many.join("&").as_bytes()).is_err());
    }
}
