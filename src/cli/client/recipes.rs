//! `pocketid client recipes`

use serde::Serialize;

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    page::{Page, yes_no},
    report::Outcome,
};
use crate::recipe::{Library, ListedRecipe};

const EXAMPLES: &str = "\
Examples:
  pocketid client recipes
  pocketid client create Linkding --recipe linkding --url https://links.example.com

CHECKED is the day on which the recipe was compared with the application's documentation, RUN the
version of the application that was tested with exactly these settings, OWN whether the recipe is yours.
JSON has more: the page that it was compared with, callbacks, notes.

Recipes of your own are files NAME.toml in a folder `recipes` beside the data folder. Off a terminal the
columns are separated by tabs and have no header.";

/// List the applications that --recipe knows
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Recipes {}

/// Every recipe.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct RecipeList(Vec<ListedRecipe>);

impl Recipes {
    pub fn run(self, ctx: &Context) -> Result<RecipeList, CliError> {
        Ok(RecipeList(Library::beside(ctx.settings()?.data_folder()).list()?))
    }
}

impl Outcome for RecipeList {
    fn write_text(&self, page: &mut Page) {
        let rows = self.0.iter().map(|ListedRecipe { name, is_own, recipe }| {
            let checked = recipe.checked_on.as_ref().map_or("", |day| day.as_str());
            [
                name.clone(),
                recipe.title.clone(),
                recipe.format.name().to_owned(),
                checked.to_owned(),
                recipe.run.clone().unwrap_or_default(),
                yes_no(*is_own),
            ]
        });
        let header = [
            TableColumn::whole("NAME"),
            TableColumn::text("APPLICATION").of_importance(6),
            TableColumn::whole("SETTINGS").of_importance(4),
            TableColumn::whole("CHECKED").of_importance(3),
            TableColumn::text("RUN").of_importance(2),
            TableColumn::whole("OWN").of_importance(1),
        ];
        page.table(header, rows.collect());
    }
}
