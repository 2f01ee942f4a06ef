//! Protected hosts as commands show them, and how they are found.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::super::{
    context::Context,
    error::CliError,
    names::not_found,
    page::{Page, open_to},
    report::Outcome,
    ttl::Ttl,
};
use crate::{
    model::{ProtectedHost, ProtectedHostId, view::ProtectedHostView},
    store::{Tx, protected_hosts},
};

/// A protected host, and the lines for its proxy if they were asked for.
#[derive(Debug)]
pub struct ShownHost {
    pub host: ProtectedHost,
    pub view: ProtectedHostView,
    pub lines: Option<String>,
}

/// Finds a protected host by its id or its address.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<ProtectedHost, CliError> {
    match find_opt(tx, name)? {
        Some(host) => Ok(host),
        None => Err(missing(tx, name)?),
    }
}

/// Like [`find`], but returns `None` if there is no such host.
pub fn find_opt(tx: &mut Tx<'_>, name: &str) -> Result<Option<ProtectedHost>, CliError> {
    if let Ok(id) = name.parse::<ProtectedHostId>() {
        return Ok(protected_hosts::find(tx, id)?);
    }
    Ok(match name.parse() {
        Ok(host) => protected_hosts::find_by_host(tx, &host)?,
        Err(_) => None,
    })
}

/// The error about a host that is not protected.
pub fn missing(tx: &mut Tx<'_>, name: &str) -> Result<CliError, CliError> {
    let hosts = protected_hosts::hosts(tx)?;
    let (list, make) = ("pocketid protect list", "pocketid protect create HOST");
    Ok(not_found("protected host", name, &hosts, list, make))
}

/// Warns of a host at which nobody has to sign in.
pub fn warn_of_open_host(ctx: &Context, host: &ProtectedHost) {
    if host.open_paths.open_all() {
        ctx.report().warn(format!(
            "every path of {name} is open; name those that everyone may see: pocketid protect update {name} --open-path \
             /health",
            name = host.host
        ));
    }
}

impl Serialize for ShownHost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(lines) = &self.lines else { return self.view.serialize(serializer) };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("host", &self.host.host)?;
        map.serialize_entry("lines", lines)?;
        map.end()
    }
}

impl Outcome for ShownHost {
    fn write_text(&self, page: &mut Page) {
        if let Some(lines) = &self.lines {
            lines.lines().for_each(|line| page.line(line));
            return;
        }
        let host = &self.host;
        let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
        let paths: Vec<_> = host.open_paths.paths().iter().map(|path| path.as_str()).collect();
        let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
        page.fields(&[
            ("Host", host.host.to_string()),
            ("ID", host.id.to_string()),
            ("Lets in", open_to(self.view.group_names())),
            ("Headers", or_none(host.headers.names().join(" "))),
            ("Open paths", or_none(paths.join(" "))),
            ("Session", Ttl::from_seconds(host.session_seconds).to_string()),
            ("Access tokens", yes(host.accepts_bearer_tokens)),
            ("API keys", yes(host.accepts_api_keys)),
        ]);
    }
}
