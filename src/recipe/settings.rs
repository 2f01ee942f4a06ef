//! Renders a recipe's template into settings to paste.

use url::Url;

use super::{
    AppAddress, Format, Recipe, SAMPLE_ADDRESS,
    fault::{RecipeFault, one_line},
};
use crate::model::Endpoints;

/// The values of the placeholders.
#[derive(Debug)]
pub struct Values<'a> {
    /// `{client_id}`
    pub client_id: &'a str,
    /// `{client_secret}`, if it is known.
    pub client_secret: Option<&'a str>,
    /// `{random}`: 32 letters and digits for the application itself, new each time; `None` if the
    /// application already has its own.
    pub random: Option<&'a str>,
    /// `{url}` and `{host}`
    pub address: &'a AppAddress,
    /// `{issuer}`, `{discovery}` and the endpoints.
    pub endpoints: &'a Endpoints,
}

/// The known placeholders.
const PLACEHOLDERS: [&str; 13] = [
    "client_id",
    "client_secret",
    "random",
    "url",
    "host",
    "issuer",
    "discovery",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "end_session_endpoint",
    "introspection_url_with_secret",
];

/// The placeholders that need a client secret.
const SECRET: [&str; 2] = ["client_secret", "introspection_url_with_secret"];

impl Values<'_> {
    /// The value of a placeholder; `None` if it is not known.
    fn get(&self, placeholder: &str) -> Option<String> {
        let endpoints = self.endpoints;
        match placeholder {
            "client_id" => Some(self.client_id.to_owned()),
            "client_secret" => self.client_secret.map(str::to_owned),
            "random" => self.random.map(str::to_owned),
            "url" => Some(self.address.to_string()),
            "host" => Some(self.address.host().to_owned()),
            "issuer" => Some(endpoints.issuer.clone()),
            "discovery" => Some(endpoints.discovery()),
            "authorization_endpoint" => Some(endpoints.authorization_endpoint.clone()),
            "token_endpoint" => Some(endpoints.token_endpoint.clone()),
            "userinfo_endpoint" => Some(endpoints.userinfo_endpoint.clone()),
            "jwks_uri" => Some(endpoints.jwks_uri.clone()),
            "end_session_endpoint" => Some(endpoints.end_session_endpoint.clone()),
            "introspection_url_with_secret" => self.introspection_url(),
            _ => None,
        }
    }

    /// The introspection endpoint with the client's credentials in the URL, as Dovecot requires.
    fn introspection_url(&self) -> Option<String> {
        let mut url = Url::parse(&self.endpoints.introspection_endpoint).ok()?;
        url.set_username(self.client_id).ok()?;
        url.set_password(Some(self.client_secret?)).ok()?;
        Some(url.into())
    }
}

/// A line after substitution.
enum Line {
    Whole(String),
    /// The line has a placeholder without a value.
    Lacking,
}

impl Recipe {
    /// Renders the settings. Lines without a value are left out; returns `None` if the format does
    /// not allow that.
    pub fn settings(&self, values: &Values<'_>) -> Result<Option<String>, String> {
        let mut lines = Vec::new();
        for line in self.settings.trim_matches('\n').lines() {
            match fill_in(self.format, line, values)? {
                Line::Whole(line) => lines.push(self.written(&line)?),
                Line::Lacking if self.format.is_by_line() => {}
                Line::Lacking => return Ok(None),
            }
        }
        if self.format == Format::Fields {
            let numbered = lines.iter().enumerate();
            lines = numbered.map(|(index, line)| format!("{}. {line}", index + 1)).collect();
        }
        Ok(Some(lines.join("\n")))
    }

    /// Quotes a line of variables for their reader.
    fn written(&self, line: &str) -> Result<String, String> {
        self.reader.map_or(Ok(line.to_owned()), |reader| reader.write(line))
    }

    /// Renders the template with sample values to check it.
    pub(super) fn check_settings(&self, text: &str) -> Result<(), RecipeFault> {
        for word in placeholders(&self.settings) {
            let braced = format!("{{{word}}}");
            if !PLACEHOLDERS.contains(&word) {
                let what = format!(
                    "unknown placeholder {braced}; there are {{{}}}",
                    PLACEHOLDERS.join("}, {")
                );
                return Err(RecipeFault::at(text, &braced, what));
            }
            if SECRET.contains(&word) && self.public {
                return Err(RecipeFault::at(text, &braced, "a public client has no secret"));
            }
        }
        let address: AppAddress = SAMPLE_ADDRESS.parse().expect("it is an address");
        let values = Values {
            client_id: "id",
            client_secret: Some("secret"),
            random: Some("random"),
            address: &address,
            endpoints: &Endpoints::new(SAMPLE_ADDRESS, SAMPLE_ADDRESS),
        };
        // The line numbers of `fields` are not part of the format, so the check goes without them.
        let template = self.settings.trim_matches('\n').lines();
        let filled = template.map(|line| fill_in(self.format, line, &values));
        let lines = filled.map(|line| match line {
            Ok(Line::Whole(line)) => self.written(&line),
            Ok(Line::Lacking) | Err(_) => Ok(String::new()),
        });
        let lines = lines.collect::<Result<Vec<_>, _>>();
        let sample = lines.map_err(|what| RecipeFault::at(text, "settings", what))?.join("\n");
        if sample.is_empty() {
            Err(RecipeFault::at(text, "settings", "there are no settings to paste"))
        } else {
            self.format
                .check(&sample)
                .map_err(|what| RecipeFault::at(text, "settings", one_line(what)))
        }
    }
}

/// Substitutes the placeholders of a line.
fn fill_in(format: Format, line: &str, values: &Values<'_>) -> Result<Line, String> {
    let mut filled = String::new();
    let mut rest = line;
    while let Some((before, word, after)) = next_placeholder(rest) {
        let Some(value) = values.get(word) else { return Ok(Line::Lacking) };
        let value = format.escape(&value).map_err(|c| {
            format!("{value} cannot be written into {} settings: {c:?} is in it", format.name())
        })?;
        filled.push_str(before);
        filled.push_str(&value);
        rest = after;
    }
    Ok(Line::Whole(filled + rest))
}

/// The placeholders in a template. Braces of JSON, Ruby and the like are skipped: they do not
/// enclose exactly one lowercase word.
fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    let mut rest = template;
    std::iter::from_fn(move || {
        let (_, word, after) = next_placeholder(rest)?;
        rest = after;
        Some(word)
    })
}

/// Splits at the next placeholder into the text before it, its word, and the text after it.
/// `{{word}}` is not a placeholder: several applications use such templates in their settings.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
    text.match_indices('{').find_map(|(start, _)| {
        let inside = &text[start + 1..];
        let end = inside.find(|c| !is_word(c))?;
        let is_theirs = text[..start].ends_with('{') && inside[end..].starts_with("}}");
        let is_placeholder = end > 0 && !is_theirs && inside[end..].starts_with('}');
        is_placeholder.then(|| (&text[..start], &inside[..end], &inside[end + 1..]))
    })
}
