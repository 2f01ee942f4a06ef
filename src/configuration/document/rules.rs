//! Rules of clients in the configuration file, read as the database reads them.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::model::{AssertionRule, ExchangeRule, TlsClientAuth, TrustedIssuer};

pub(super) fn read_tls_client_auth(value: &Value) -> Result<Value, &'static str> {
    let fault = "needs certificateAuthorities in PEM form and one good name: subjectDn, sanDns, \
                 sanUri, sanIp or sanEmail; or selfSigned alone";
    read_rule::<TlsClientAuth>(value, fault)
}

pub(super) fn read_exchange(value: &Value) -> Result<Value, &'static str> {
    let fault = "needs a target and one of subjectApi and subjectClient, and may have scope and \
                 acceptsBoundTokens";
    read_rule::<ExchangeRule>(value, fault)
}

pub(super) fn read_trusted_issuer(value: &Value) -> Result<Value, &'static str> {
    read_rule::<TrustedIssuer>(value, "needs an issuer at https, and may have jwks")
}

pub(super) fn read_assertion(value: &Value) -> Result<Value, &'static str> {
    let fault = "needs an audience, which is an issuer with https and not this server, and a \
                 clientId, and may have scope and resources";
    read_rule::<AssertionRule>(value, fault)
}

/// Reads a rule as the database does.
fn read_rule<T: DeserializeOwned + Serialize>(
    value: &Value,
    fault: &'static str,
) -> Result<Value, &'static str> {
    let read: T = serde_json::from_value(value.clone()).map_err(|_| fault)?;
    Ok(serde_json::to_value(read).unwrap_or_default())
}
