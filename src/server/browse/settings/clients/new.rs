//! New clients: by a recipe, or by hand.

use super::{
    super::{
        enter::{Visit, answer},
        words::all_groups,
    },
    PATH,
};
use crate::{
    recipe::ListedRecipe,
    server::{
        api::with_library,
        browse::Page,
        http::Request,
        pages::{Heading, NewClientPage, RecipeCard, RecipePage},
    },
};

/// `GET /settings/admin/oidc-clients/new`
pub(in crate::server::browse::settings) async fn new(req: Request) -> Page {
    let Visit { req, layout, frame } = Visit::of_admin(req, PATH).await?;
    let recipes = with_library(&req.app, |library| library.list()).await??;
    let mut recipes: Vec<_> = recipes.into_iter().map(card).collect();
    recipes.sort_by_key(|card| card.title.to_lowercase());
    let heading = Heading::below(PATH, "nav.clients", layout.t("clients.add"));
    answer(&NewClientPage { heading, recipes, layout, frame })
}

/// `GET /settings/admin/oidc-clients/new/{recipe}`
pub(in crate::server::browse::settings) async fn by_recipe(req: Request, name: String) -> Page {
    let Visit { req, layout, frame } = Visit::of_admin(req, PATH).await?;
    let entry = with_library(&req.app, move |library| library.find(&name)).await??;
    let picks = all_groups(&req.app).await?;
    let title = layout.with("recipes.add", "name", &entry.recipe.title);
    answer(&RecipePage {
        heading: Heading::below("/settings/admin/oidc-clients/new", "clients.add", title),
        documentation: entry.recipe.documentation.clone(),
        recipe: card(entry),
        picks,
        layout,
        frame,
    })
}

fn card(entry: ListedRecipe) -> RecipeCard {
    RecipeCard { name: entry.name, title: entry.recipe.title }
}
