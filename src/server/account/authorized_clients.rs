//! The clients a user has authorized, and the endpoint that revokes one (Pocket ID 2.14).

use crate::{
    model::{Client, ClientId, Logos, UserId},
    operations::grants,
    server::{
        account::fresh_passkey::{AccountCaller, AccountChange},
        http::{ApiError, Request, Response},
    },
    store::{
        StoreError, Tx, clients,
        consents::{self, Consent},
        images, sign_out,
    },
};

/// A client that the user has given consent to.
#[derive(Debug)]
pub(in crate::server) struct ConsentedClient {
    /// The client.
    pub(in crate::server) client: Client,
    /// The logos that the client has.
    pub(in crate::server) logos: Logos,
    /// The consent: the allowed scopes and the time of the last use.
    pub(in crate::server) consent: Consent,
}

/// Lists the clients that a user gave consent to, the most recently used first.
pub(in crate::server) fn list_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
) -> Result<Vec<ConsentedClient>, StoreError> {
    let mut found = Vec::new();
    for consent in consents::list_of_user(tx, user_id)? {
        if let Some(client) = clients::find(tx, &consent.client_id)? {
            let logos = images::logos_of_client(tx, &client.id)?;
            found.push(ConsentedClient { client, logos, consent });
        }
    }
    Ok(found)
}

/// `DELETE .../me/authorized-clients/{client}`: revokes the client's tokens and the consent. The
/// client has to ask again.
pub(in crate::server) async fn revoke(req: Request, client: String) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let asker = AccountCaller::of(&req);
    let missing = || ApiError::not_found("Client authorization");
    let client_id = ClientId::from_path(&client).ok_or_else(missing)?;
    let (user_id, now) = (req.who.user.id, req.head.now);
    let asked = client_id.clone();
    let has_access = move |tx: &mut Tx<'_>| sign_out::has_access(tx, user_id, &asked, now);
    if !req.app.store().read(has_access).await? {
        return Err(missing());
    }
    req.act(client_id, move |act, client_id| {
        AccountChange::EndAccessOfApplication.allow(act, &asker)?;
        Ok::<_, ApiError>(grants::end_access(act, user_id, client_id)?)
    })
    .await?;
    Ok(Response::no_content())
}
