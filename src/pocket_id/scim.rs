//! SCIM providers of clients, with their bearer tokens.

use super::{Contents, ImportFault, Unlock, accounts::parse_id, cell::PocketIdRow, tables::Tables};
use crate::{
    crypto::{Secret, pocket_id::open_scim_token},
    model::{ClientId, ScimEndpoint, ScimProvider, ScimProviderId, Timestamp},
};

pub(super) fn read(
    out: &mut Contents,
    tables: &Tables,
    unlock: Unlock<'_>,
    now: Timestamp,
) -> Result<(), ImportFault> {
    let clients = out.client_ids();
    for row in tables.rows("scim_service_providers") {
        // Clients that are not imported are reported already.
        let Some(client_id) = clients.get(row.text("oidc_client_id")?).cloned() else { continue };
        let endpoint = match row.text("endpoint")?.parse::<ScimEndpoint>() {
            Ok(endpoint) => endpoint,
            Err(error) => {
                out.leave_out(
                    "SCIM provider",
                    format!("of {client_id}"),
                    format!("its URL {error}"),
                );
                continue;
            }
        };
        let token = token(out, row, &client_id, unlock)?;
        let provider = ScimProvider {
            id: parse_id::<ScimProviderId>(row, "id")?,
            client_id,
            endpoint,
            sealed_token: None,
            last_synced_at: row.moment("last_synced_at")?,
            created_at: row.moment("created_at")?.unwrap_or(now),
            last_attempted_at: None,
            last_error: None,
        };
        out.scim_providers.push((provider, token));
    }
    Ok(())
}

/// Decrypts the bearer token. One that cannot be decrypted is left out: it can be entered again.
fn token(
    out: &mut Contents,
    row: &PocketIdRow,
    client: &ClientId,
    unlock: Unlock<'_>,
) -> Result<Option<Secret>, ImportFault> {
    let Some(sealed) = row.text_opt("token")?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let opened = match unlock {
        Unlock::With(Some(key)) => open_scim_token(key.expose().as_bytes(), sealed).ok(),
        Unlock::With(None) | Unlock::LeaveBehind => None,
    };
    let text = opened.as_deref().and_then(|token| std::str::from_utf8(token).ok());
    let reason = match text.map(|text| (text, ScimProvider::check_token(text))) {
        Some((text, Ok(()))) => return Ok((!text.is_empty()).then(|| Secret::new(text))),
        Some((_, Err(error))) => format!("it {error}"),
        None => "ENCRYPTION_KEY does not decrypt it; enter it again".to_owned(),
    };
    out.leave_out("SCIM token", format!("of {client}"), reason);
    Ok(None)
}
