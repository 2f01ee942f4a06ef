//! `grant_type=authorization_code` (RFC 6749 §4.1.3)

use std::collections::BTreeMap;

use super::{
    issue::{TokenResponse, find_subject},
    redemption::{self, CredentialState, check_access, redeem_once, refuse},
};
use crate::{
    crypto::BearerToken,
    model::{Actor, AuditEvent, Client, EventKind, Timestamp},
    oidc::{
        OAuthError, Params,
        code_exchange::{Issued, PresentedCode, check, check_verifier},
        dpop::check_key,
        refresh::check_grant,
        resource,
    },
    server::{
        http::Authorised,
        oidc::{authorize::CODE_PREFIX, binding::Binding},
    },
    store::{
        StoreError, Tx, audit_events,
        authorization_codes::{self, AuthorizationCode},
        clients,
        grants::Subject,
    },
};

/// Exchanges a code for tokens, once.
pub(super) async fn redeem(
    req: Authorised<Client, Params>,
    binding: Binding,
) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    let token = BearerToken::parse(CODE_PREFIX, req.body.required("code")?)
        .ok_or_else(|| refuse("the code is malformed"))?;
    let kind = EventKind::ClientRedirectUriAdopted;
    let adoption = app.audit_event(kind, None, Actor::Client, now);
    let code = Code { token, client: client.clone(), params: req.body, binding, adoption, now };
    redeem_once(&app, &client, code, now).await
}

/// A code as a client presents it.
#[derive(Clone)]
struct Code {
    token: BearerToken,
    client: Client,
    params: Params,
    binding: Binding,
    adoption: AuditEvent,
    now: Timestamp,
}

impl redemption::PresentedCredential for Code {
    const KIND: &'static str = "authorization_code";

    fn find(&self, tx: &mut Tx<'_>) -> Result<CredentialState, OAuthError> {
        let (code, subject) = self.read(tx)?;
        let verifier = self.params.value("code_verifier");
        let key = self.binding.proof.as_ref().map(|proof| &proof.jkt);
        // A stranger with a user's old code must not be able to revoke the user's tokens. A replay
        // counts only with the client's secret, or the verifier and the key that only the original
        // client has.
        if code.consumed_at.is_some() && subject.grant.client_id == self.client.id {
            check_verifier(code.code_challenge.as_ref(), verifier)?;
            check_key(code.dpop_jkt.as_ref(), key)?;
            return Ok(CredentialState::Replayed(subject));
        }
        let issued = Issued {
            client_id: &subject.grant.client_id,
            redirect_uri: &code.redirect_uri,
            code_challenge: code.code_challenge.as_ref(),
            expires_at: code.expires_at,
        };
        let presented = PresentedCode {
            client_id: &self.client.id,
            redirect_uri: self.params.value("redirect_uri"),
            code_verifier: verifier,
        };
        check(issued, presented, self.now)?;
        check_key(code.dpop_jkt.as_ref(), key)?;
        check_grant(&subject.grant, &self.client, &subject.user)?;
        let resource = resource::read(&self.params)?;
        check_access(tx, &self.client, &subject, resource.as_ref(), self.now)?;
        Ok(CredentialState::Good(subject, code.nonce))
    }

    fn binding(&self) -> &Binding {
        &self.binding
    }

    fn consume(&self, tx: &mut Tx<'_>, subject: &Subject) -> Result<(), OAuthError> {
        authorization_codes::consume(tx, &self.token, self.now)?;
        if self.client.redirect_uris.is_empty() {
            self.adopt_redirect_uri(tx, subject)?;
        }
        Ok(())
    }
}

impl Code {
    fn read(&self, tx: &mut Tx<'_>) -> Result<(AuthorizationCode, Subject), OAuthError> {
        let code = authorization_codes::find(tx, &self.token)?
            .ok_or_else(|| refuse("there is no such code"))?;
        let subject = find_subject(tx, code.grant_id, self.now)?;
        Ok((code, subject))
    }

    /// Records the redirect URI of the first sign-in for a client that was registered without a
    /// callback URL. This happens only now, once the client has authenticated itself.
    fn adopt_redirect_uri(&self, tx: &mut Tx<'_>, subject: &Subject) -> Result<(), StoreError> {
        let current = clients::find(tx, &self.client.id)?;
        let has_none = current.is_some_and(|client| client.redirect_uris.is_empty());
        let uri = self.params.value("redirect_uri").unwrap_or_default();
        match uri.parse() {
            Ok(pattern) if has_none => {
                clients::adopt_redirect_uri(tx, &self.client.id, pattern)?;
                let mut event = self.adoption.clone();
                event.user_id = Some(subject.grant.user_id);
                event.data = BTreeMap::from([
                    ("clientName", self.client.name.to_string()),
                    ("redirectUri", uri.to_owned()),
                ]);
                audit_events::insert(tx, &event)
            }
            _ => Ok(()),
        }
    }
}
