//! The consents of users to clients.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    Contents, ImportFault,
    accounts::parse_id,
    cell::{Cell, PocketIdRow},
    tables::Tables,
};
use crate::model::Scope;

/// Maximum number of scopes in a consent.
const MAX_KEYS: usize = 1_000;
/// Separates an API from its scope in a key of a consent.
const SEPARATOR: char = '\u{1f}';

pub(super) fn read(out: &mut Contents, tables: &Tables) -> Result<(), ImportFault> {
    let (users, clients) = (out.user_ids(), out.client_ids());
    for row in tables.rows("user_authorized_oidc_clients") {
        let user = parse_id(row, "user_id")?;
        let Some(client) = clients.get(row.text("client_id")?) else { continue };
        if !users.contains(&user) {
            continue;
        }
        let keys = keys(row)?;
        if keys.len() > MAX_KEYS {
            let name = format!("of {user} to {client}");
            let reason = format!("it has more than {MAX_KEYS} scopes; the user is asked again");
            out.leave_out("consent", name, reason);
            continue;
        }
        let keys: Vec<String> = keys.iter().map(|key| in_our_words(key)).collect();
        let last_used_at =
            row.moment("last_used_at")?.ok_or_else(|| row.fault("last_used_at", "is missing"))?;
        out.consents.push((user, client.clone(), Scope::parse(&keys.join(" ")), last_used_at));
    }
    Ok(())
}

/// Reads the column `scope`: a list in JSON, or words in releases before 2.10.
fn keys(row: &PocketIdRow) -> Result<Vec<String>, ImportFault> {
    let is_json = |text: &[u8]| text.starts_with(b"[") || text == b"null";
    let words = match row.cell("scope") {
        Cell::Bytes(bytes) if !is_json(bytes) => std::str::from_utf8(bytes)
            .map_err(|_| row.fault("scope", "is neither a list nor words"))?,
        Cell::Text(text)
            if !is_json(text.as_bytes())
                && !BASE64_STANDARD.decode(text).is_ok_and(|json| is_json(&json)) =>
        {
            text.as_str()
        }
        _ => return row.json("scope"),
    };
    Ok(words.split_whitespace().map(str::to_owned).collect())
}

/// Converts a key of a consent to the format used here, without slashes at the end of the API.
fn in_our_words(key: &str) -> String {
    match key.split_once(SEPARATOR) {
        None => key.to_owned(),
        Some((api, scope)) => format!("{}|{scope}", api.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RequestedClaims, Resource};

    #[test]
    fn a_consent_to_an_api_is_the_one_that_we_would_ask_for() {
        let keys = ["openid", "https://api/\u{1f}read", "https://api/\u{1f}"].map(in_our_words);
        let resource: Resource = "https://api".parse().unwrap();
        let asked = RequestedClaims::default()
            .to_be_consented(&Scope::parse("openid read"), Some(&resource));
        assert!(Scope::parse(&keys.join(" ")).covers(&asked), "{asked}");
    }
}
