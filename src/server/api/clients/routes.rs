//! The routes of this folder.

use super::{
    body::ClientBody, claims, create, delete, groups, list, logo, of_user, preview, refresh,
    secrets, show, update,
};
use crate::{
    model::{
        ClaimRule,
        view::{
            AccessibleClientView, AuthorizedClientView, ClientMetaView, ClientSecretView,
            ClientSecretWithText, ClientView,
        },
    },
    server::{
        limits,
        oidc::TokensPreview,
        route::{Route, delete, get, post, put},
    },
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/oidc/clients", list::list).lists::<ClientView>(),
        post("/api/oidc/clients", create::create)
            .body(limits::CLIENT)
            .takes::<ClientBody>()
            .creates::<ClientView>()
            .refuses(&[409, 422]),
        get("/api/oidc/clients/{id}", show::show).gives::<ClientView>(),
        put("/api/oidc/clients/{id}", update::update)
            .body(limits::CLIENT)
            .takes::<ClientBody>()
            .gives::<ClientView>()
            .refuses(&[409, 422]),
        delete("/api/oidc/clients/{id}", delete::delete).refuses(&[409]),
        put("/api/oidc/clients/{id}/allowed-user-groups", groups::replace)
            .body(limits::ID_LIST)
            .takes::<groups::AllowedGroups>()
            .gives::<ClientView>(),
        get("/api/oidc/clients/{id}/claims", claims::show).gives::<Vec<ClaimRule>>(),
        put("/api/oidc/clients/{id}/claims", claims::replace)
            .body(limits::CLIENT)
            .takes::<Vec<claims::RuleBody>>()
            .gives::<Vec<ClaimRule>>(),
        post("/api/oidc/clients/{id}/logo", logo::set)
            .body(limits::LOGO)
            .takes_file()
            .may_ask("light"),
        delete("/api/oidc/clients/{id}/logo", logo::delete).may_ask("light"),
        get("/api/oidc/clients/{id}/meta", show::show_meta).for_anyone().gives::<ClientMetaView>(),
        get("/api/oidc/clients/{id}/preview/{user_id}", preview::show)
            .asks("scopes")
            .gives::<TokensPreview>(),
        post("/api/oidc/clients/{id}/refresh", refresh::refresh)
            .gives::<ClientView>()
            .refuses(&[400]),
        post("/api/oidc/clients/{id}/secret", secrets::replace)
            .may_take::<secrets::SecretBody>()
            .gives::<secrets::ReplacedSecret<'static>>(),
        get("/api/oidc/clients/{id}/secrets", secrets::list).gives::<Vec<ClientSecretView>>(),
        post("/api/oidc/clients/{id}/secrets", secrets::create)
            .may_take::<secrets::SecretBody>()
            .creates::<ClientSecretWithText<'static>>(),
        delete("/api/oidc/clients/{id}/secrets/{secret_id}", secrets::delete),
        get("/api/oidc/users/me/authorized-clients", of_user::list_own_authorized)
            .for_users()
            .lists::<AuthorizedClientView>(),
        get("/api/oidc/users/me/clients", of_user::list_own_accessible)
            .for_users()
            .lists::<AccessibleClientView>(),
        get("/api/oidc/users/{id}/authorized-clients", of_user::list_authorized)
            .lists::<AuthorizedClientView>(),
    ]
}
