use super::*;
use crate::store::schema::Schema;

/// Texts without a rule: secrets of the protocol, input of clients and browsers, and texts that
/// the schema itself constrains. Each new text column needs a type above or an entry here.
const FREE: &[&str] = &[
    "api_grants.subject_type",
    "api_granted_permissions.subject_type",
    "audit_events.actor",
    "audit_events.city",
    "audit_events.client_name",
    "audit_events.country",
    "audit_events.ip_address",
    "audit_events.kind",
    "audit_events.object_id",
    "audit_events.user_agent",
    "authorization_codes.code_challenge",
    "authorization_codes.code_challenge_method",
    "authorization_codes.nonce",
    "asserted_subjects.issuer",
    "asserted_subjects.jwks_uri",
    "authorization_codes.redirect_uri",
    "ceremonies.kind",
    "ceremonies.state",
    "client_logos.theme",
    "client_metadata_requests.status",
    "client_registrations.ip_address",
    "client_registrations.network",
    "client_registrations.scope",
    "client_redirect_uris.kind",
    "client_secrets.prefix",
    "clients.backchannel_logout_uri",
    "clients.client_type",
    "clients.launch_url",
    "consents.scope",
    "device_codes.ip_address",
    "device_codes.scope",
    "device_codes.status",
    "device_logins.ip_address",
    "device_logins.status",
    "device_logins.user_agent",
    "grants.id_token_claims",
    "grants.scope",
    "grants.userinfo_claims",
    "host_codes.return_to",
    "leases.holder",
    "leases.name",
    "meta.key",
    "passkeys.transports",
    "pushed_authorization_requests.parameters",
    "scim_group_ids.external_id",
    "scim_providers.last_error",
    "scim_resources.kind",
    "scim_resources.remote_id",
    "scim_user_ids.external_id",
    "sessions.ip_address",
    "sessions.user_agent",
    "settings.key",
    "service_issuers.audience",
    "service_issuers.issuer",
    "service_issuers.jwks_uri",
    "service_issuers.subject",
    "settings.value",
    "outbox.recipient",
    "outbox_rests.recipient",
    "signing_keys.kid",
    "ssh_ca_keys.kind",
    "ssh_certificate_principals.principal",
    "ssh_certificates.fingerprint",
    "ssh_certificates.key_id",
    "users.email_folded",
    "users.locale",
    "users.search_text",
    "users.username_folded",
    "webhook_deliveries.last_error",
];

#[test]
fn every_text_has_a_type_or_is_known_to_have_none() {
    let schema = Schema::at(Schema::NEWEST).unwrap();
    let mut free = Vec::new();
    for table in &schema.tables {
        for (column, rule) in table.columns.iter().zip(RowRules::of(table).rules) {
            if rule.is_some_and(|rule| rule.expected == "text") {
                free.push(format!("{}.{}", table.name, column.name));
            }
        }
    }
    free.retain(|name| !FREE.contains(&name.as_str()));
    assert!(free.is_empty(), "{free:?}");
    for known in TYPED {
        let table = schema.tables.iter().find(|table| table.name == known.name);
        for (name, _) in known.columns {
            assert!(table.unwrap().kind_of(name).is_some(), "{}.{name}", known.name);
        }
    }
}

#[test]
fn a_row_that_no_model_accepts_is_told_by_its_column() {
    let schema = Schema::at(1).unwrap();
    let table = schema.tables.iter().find(|table| table.name == "groups").unwrap();
    let rules = RowRules::of(table);
    let row = |id: &'static [u8], name: &'static str| {
        let [name, friendly] = [name, "Friendly"].map(|text| Value::Text(text.into()));
        rules.check(&[Value::Blob(id.into()), name, friendly, Value::Integer(0)])
    };
    assert_eq!(row(&[1; 16], "staff"), Ok(()));
    let fault = |checked: Result<(), UnsoundValue>| checked.unwrap_err().to_string();
    assert_eq!(fault(row(&[1; 15], "staff")), "id is not a valid UUID");
    assert_eq!(fault(row(&[1; 16], "st\u{1b}aff")), "name is not a valid GroupName");
    assert_eq!(fault(row(&[1; 16], "st\0aff")), "name is not a valid GroupName");
}
