//! `/api/recipes`: an addition to Pocket ID.

mod create_client;
mod library;
mod list;
mod show;

pub(in crate::server) use library::with_library;

use crate::{
    recipe::ListedRecipe,
    server::route::{Route, get, post},
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/recipes", list::list).gives::<Vec<ListedRecipe>>(),
        get("/api/recipes/{name}", show::show)
            .may_ask("url")
            .gives::<show::RecipeWithClient>()
            .refuses(&[400]),
        post("/api/recipes/{name}/clients", create_client::create)
            .takes::<create_client::ClientOfRecipeBody>()
            .creates::<create_client::ClientOfRecipe<'static>>()
            .refuses(&[409]),
    ]
}
