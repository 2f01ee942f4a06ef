//! `docs/rest-api.md`, printed from the table.

use std::{fmt::Write as _, path::Path};

use super::ROUTER;
use crate::{
    forward_auth::{CALLBACK, CHECK, CHECK_FOR_NGINX, LOGOUT},
    server::{
        audience::Audience,
        limiter::Policy,
        limits,
        route::{Route, Sites},
    },
};

const ABOUT_APPLICATIONS: &str = "Applications call these. Failures are JSON with `error` and \
    `error_description` (RFC 6749 §5.2).";
const ABOUT_SCRIPTS: &str = "The pages of this server call these, and so may programs, many of them with an \
    `X-API-Key` header. Failures are JSON with a sentence in `error`, a stable `code`, and `request_id`.";
const ABOUT_SCIM: &str = "Programs that manage accounts and groups call these with a SCIM token ([scim-server.md](scim-server.md)). \
    Failures are JSON with `status`, `scimType` and `detail` (RFC 7644 §3.12).";
const ABOUT_PROXIES: &str = "Proxies of protected hosts ask these ([forward-auth.md](forward-auth.md)). Failures are a sentence in \
    plain text.";
const ABOUT_PAGES: &str = "People open these in a browser. Failures are pages.";
const ABOUT_MOVED: &str =
    "Addresses of Pocket ID pages that moved. They redirect to the new address.";

/// The endpoints of forward auth.
const OF_PROXIES: [&str; 4] = [CHECK, CHECK_FOR_NGINX, CALLBACK, LOGOUT];

fn introduction() -> String {
    format!(
        "\
# Endpoints

Every address that the server answers. The table is generated from the code by `make generate`.

- `{{id}}` and the like stand for one part of a path, which is not empty. `{{*page}}` stands for the rest of a path.
- `HEAD` works wherever `GET` does. A slash at the end of a path does not count: `GET` is redirected to the path without
  it, other methods are answered.
- Where there is no endpoint, or only one for another method, the answer below `/api/` and `/.well-known/` is `404` with
  `{{\"error\": \"API endpoint not found\"}}` and no `code`; below `/scim/` it is an error of SCIM, `404` or `405`. An object that does not exist is `404` with a `code`.
- All requests of one network count together ({all}). *Limits* names what counts besides, and
  what does not count; handlers may count more. [limits.md](limits.md) has all rates, and says what a network is.
- A body may have {body} KiB, unless *Limits* says otherwise.
- *Other sites* says what pages of other sites may do. Where it is empty, they may do nothing that has an effect.
",
        all = Policy::Api.in_words(),
        body = limits::BODY / 1024,
    )
}

fn reference() -> String {
    let is = |audience| move |row: &&Route| row.audience() == audience;
    let is_for_proxies = |row: &&Route| OF_PROXIES.contains(&row.name());
    let is_moved = move |row: &&Route| {
        row.audience() == Audience::Person && row.sites() == Sites::Own && !is_for_proxies(row)
    };
    let rows = ROUTER.rows().iter();
    let mut text = introduction();
    section(
        &mut text,
        "For applications",
        ABOUT_APPLICATIONS,
        rows.clone().filter(is(Audience::Application)),
    );
    section(
        &mut text,
        "For pages and programs",
        ABOUT_SCRIPTS,
        rows.clone().filter(is(Audience::Script)),
    );
    section(&mut text, "For SCIM", ABOUT_SCIM, rows.clone().filter(is(Audience::Scim)));
    section(&mut text, "For proxies", ABOUT_PROXIES, rows.clone().filter(is_for_proxies));
    let pages = rows.clone().filter(is(Audience::Person));
    let pages = pages.filter(|row| !is_moved(row) && !is_for_proxies(row));
    section(&mut text, "For people", ABOUT_PAGES, pages);
    section(&mut text, "Moved", ABOUT_MOVED, rows.filter(is_moved));
    text
}

fn section<'a>(text: &mut String, title: &str, about: &str, rows: impl Iterator<Item = &'a Route>) {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| row.name());
    write!(text, "\n## {title}\n\n{about}\n\n").expect("a text grows");
    text.push_str("| Method | Path | Limits | Other sites |\n| --- | --- | --- | --- |\n");
    for row in rows {
        let methods: Vec<_> = row.methods().map(|name| format!("`{name}`")).collect();
        let path = format!("`{}`", row.name());
        for cell in [&methods.join(", "), &path, &limits_of(row), other_sites(row)] {
            text.push_str("| ");
            text.push_str(cell);
            text.push_str(if cell.is_empty() { "" } else { " " });
        }
        text.push_str("|\n");
    }
}

fn limits_of(row: &Route) -> String {
    let mut parts: Vec<_> = row.policies().iter().map(|policy| policy.in_words()).collect();
    let of_user = row.policy_of_user().map(Policy::in_words);
    parts.extend(of_user.map(|words| format!("each user {words}")));
    if !row.is_counted() {
        parts.push("not counted".to_owned());
    }
    if row.body_limit() != limits::BODY {
        parts.push(format!("body {} KiB", row.body_limit() / 1024));
    }
    parts.join("; ")
}

fn other_sites(row: &Route) -> &'static str {
    match row.sites() {
        Sites::All => "may call it (CORS)",
        Sites::AllByLinking => "may link to it",
        Sites::AllByThemselves => "",
        Sites::AllBySending => "may send a browser to it",
        Sites::Own if row.is_for_other_sites() => "may show it",
        Sites::Own => "",
    }
}

#[test]
fn the_reference_of_the_endpoints_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rest-api.md");
    let generated = reference();
    if std::env::var_os("UPDATE_REST_API").is_some() {
        std::fs::write(&path, &generated).expect("the folder can be written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(generated == committed, "run `make generate`");
}
