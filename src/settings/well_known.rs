//! The content of documents under `/.well-known/` that administrators choose.

use url::Url;

use super::{Faults, Source};

/// The most related origins. Browsers take five names at least (WebAuthn L3 §5.11.1).
const MAX_ORIGINS: usize = 20;

/// The content of documents under `/.well-known/` that administrators choose.
#[derive(Debug, Clone, Default)]
pub struct WellKnownSettings {
    /// Other origins whose pages may use the passkeys of this one (WebAuthn L3 §5.11).
    pub related_origins: Vec<Url>,
    /// Where security problems are reported (RFC 9116 §2.5.3).
    pub security_contact: Option<Url>,
}

impl WellKnownSettings {
    /// The related origins as browsers write them.
    pub fn origins(&self) -> impl Iterator<Item = String> {
        self.related_origins.iter().map(|url| url.origin().ascii_serialization())
    }
}

pub(super) fn read(source: &Source, faults: &mut Faults) -> WellKnownSettings {
    WellKnownSettings {
        related_origins: faults
            .collect(source.parse_with("RELATED_ORIGINS", parse_origins))
            .unwrap_or_default(),
        security_contact: faults.collect(source.parse_with("SECURITY_CONTACT", parse_contact)),
    }
}

fn parse_origins(text: &str) -> Result<Vec<Url>, String> {
    let origins = text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    let origins: Vec<_> = origins.map(parse_origin).collect::<Result<_, _>>()?;
    if origins.len() > MAX_ORIGINS {
        return Err(format!("has more than {MAX_ORIGINS} origins"));
    }
    Ok(origins)
}

fn parse_origin(text: &str) -> Result<Url, String> {
    let fault = || format!("has {text:?}, which is not an origin such as https://id.example.org");
    let url = Url::parse(text).map_err(|_| fault())?;
    let is_origin = url.scheme() == "https"
        && url.domain().is_some_and(|name| !name.contains('*'))
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    if is_origin { Ok(url) } else { Err(fault()) }
}

/// RFC 9116 §2.5.3: a URI, and `https` if it is one of the web.
fn parse_contact(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok();
    let url = url.filter(|url| matches!(url.scheme(), "https" | "mailto" | "tel"));
    let url = url.filter(|url| !url.path().is_empty());
    url.ok_or_else(|| {
        "is not an address such as mailto:security@example.com, https://... or tel:...".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_from(name: &'static str, value: &str) -> Result<WellKnownSettings, Faults> {
        let mut faults = Faults::default();
        let settings = read(&Source::from_pairs(&[(name, value)]), &mut faults);
        faults.or(settings)
    }

    #[test]
    fn related_origins_are_https_origins() {
        let read = |text| {
            read_from("RELATED_ORIGINS", text)
                .map(|settings| settings.origins().collect::<Vec<_>>())
        };
        let two = "https://id.example.org, https://ID.example.net:8443/";
        assert_eq!(read(two).unwrap(), ["https://id.example.org", "https://id.example.net:8443"]);
        for wrong in [
            "http://id.example.org",
            "id.example.org",
            "https://192.0.2.1",
            "https://id.example.org/path",
            "https://id.example.org?query",
            "https://me@id.example.org",
            "https://*.example.org",
            "https://a.example https://b.example",
            "null",
            &vec!["https://a.example"; MAX_ORIGINS + 1].join(","),
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_contact_is_an_address_that_somebody_can_write_to_or_call() {
        let read = |text| read_from("SECURITY_CONTACT", text);
        for good in ["mailto:security@example.com", "https://example.com/report", "tel:+1-201-5550"]
        {
            assert_eq!(read(good).unwrap().security_contact.unwrap().as_str(), good);
        }
        for wrong in
            ["security@example.com", "http://example.com", "javascript:alert(1)", "mailto:", "x"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let folded = read("mailto:a@example.com\r\nContact: mailto:b@example.com");
        assert!(!folded.is_ok_and(|read| read.security_contact.unwrap().as_str().contains('\n')));
    }
}
