//! A page for each recipe, generated from it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use pocketid::{
    crypto::Rng,
    model::Endpoints,
    recipe::{ChosenRecipe, Format, Library, ListedRecipe},
};

use super::page::root;

const ADDRESS: &str = "https://app.example.com";
/// Stands for 32 random letters.
const RANDOM: &str = "A_RANDOM_TEXT";

/// Draws the first letter of the alphabet each time.
#[derive(Debug)]
struct FirstLetter;

impl Rng for FirstLetter {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

fn recipes() -> Vec<ListedRecipe> {
    let none_of_our_own = Path::new("/nonexistent/data");
    Library::beside(none_of_our_own).list().expect("the built-in recipes")
}

/// Text in which Markdown finds nothing.
fn plain(text: &str) -> String {
    text.replace('<', "&lt;").replace('*', "\\*").replace('|', "\\|")
}

fn language(format: Format) -> &'static str {
    match format {
        Format::Env => "ini",
        Format::Fields => "text",
        other => other.name(),
    }
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn page_of(entry: ListedRecipe) -> String {
    let chosen = ChosenRecipe::new(entry, ADDRESS.parse().expect("an address"), &FirstLetter);
    let id = "CLIENT_ID".parse().expect("an id");
    let issuer = "https://id.example.com";
    let endpoints = Endpoints::new(issuer, issuer);
    let paste = chosen.paste(&id, Some("CLIENT_SECRET"), &endpoints).expect("settings");
    let paste = paste.expect("settings");
    let registration = chosen.registration().expect("a client");
    let recipe = chosen.recipe();
    let title = &recipe.title;
    let settings = paste.settings.trim_end().replace(&"a".repeat(32), RANDOM);

    let mut page = format!(
        "# {title}\n\n\
         Made from the recipe `{name}` by `make generate`. [Documentation of {title}]({documentation})\n\n\
         ## Register it\n\n\
         ```sh\npocketid client create '{title}' --recipe {name} --url {ADDRESS}\n```\n\n\
         `{ADDRESS}` stands for the address of {title}. The command registers this client, and prints its\n\
         settings with the ID and the secret in them. The browser does the same: **Add an application**.\n\n\
         | client | |\n| --- | --- |\n",
        name = paste.name,
        documentation = recipe.documentation,
    );
    let mut row = |what: &str, values: Vec<String>| {
        if !values.is_empty() {
            writeln!(page, "| {what} | {} |", values.join(", ")).expect("a text grows");
        }
    };
    let code = |text: &str| format!("`{text}`");
    let uris = |uris: &[pocketid::model::redirect_uri::RedirectUriPattern]| {
        uris.iter().map(|uri| code(uri.as_str())).collect()
    };
    row("callback URLs", uris(&registration.redirect_uris));
    row("logout callback URLs", uris(&registration.post_logout_redirect_uris));
    row(
        "back-channel logout",
        registration.backchannel_logout_uri.iter().map(|uri| code(uri)).collect(),
    );
    row("scopes", recipe.scopes.iter().map(|scope| code(scope)).collect());
    row("public", vec![yes_or_no(recipe.public).to_owned()]);
    row("PKCE required", vec![yes_or_no(recipe.pkce).to_owned()]);
    write!(
        page,
        "\n## Paste the settings\n\nInto {}:\n\n```{}\n{settings}\n```\n",
        plain(&paste.into),
        language(paste.format),
    )
    .expect("a text grows");
    if !paste.notes.is_empty() {
        page += "\n## Notes\n\n";
        page.extend(paste.notes.iter().map(|note| format!("- {}\n", plain(note))));
    }
    page + &provenance(&chosen)
}

fn provenance(chosen: &ChosenRecipe) -> String {
    let recipe = chosen.recipe();
    let mut text = String::new();
    if let (Some(source), Some(day)) = (&recipe.checked_against, &recipe.checked_on) {
        text += &format!("\nCompared with [this page]({source}) on {}.", day.as_str());
    }
    if let Some(version) = &recipe.run {
        text += &format!("\nPeople signed in with exactly these settings to version {version}.");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// A page whose generated lines are replaced by this list, which follows `after`.
fn with_list(path: &str, after: &str, is_generated: impl Fn(&str) -> bool, list: &str) -> String {
    let text = fs::read_to_string(root().join(path)).expect("a page");
    let kept = text.lines().filter(|line| !is_generated(line)).map(|line| format!("{line}\n"));
    let kept: String = kept.collect();
    kept.replacen(after, &format!("{after}{list}"), 1)
}

/// Everything that is generated from the recipes, by its path.
fn generated() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let (mut contents, mut table) = (String::new(), String::new());
    table += "| application | compared on | tried with |\n| --- | --- | --- |\n";
    let mut entries = recipes();
    entries.sort_by_key(|entry| entry.recipe.title.to_lowercase());
    for entry in entries {
        let link = format!("[{}](applications/{}.md)", entry.recipe.title, entry.name);
        writeln!(contents, "  - {link}").expect("a text grows");
        let day = entry.recipe.checked_on.as_ref().map_or("", |day| day.as_str());
        let run = entry.recipe.run.as_deref().unwrap_or_default();
        let cells = [link.as_str(), day, run].map(|cell| format!("| {cell} "));
        writeln!(table, "{}|", cells.concat().replace("|  ", "| ")).expect("a text grows");
        files.insert(format!("docs/applications/{}.md", entry.name).into(), page_of(entry));
    }
    let is_of_contents = |line: &str| line.contains("](applications/");
    let summary = "- [Connect an application](applications.md)\n";
    files.insert(
        "docs/SUMMARY.md".into(),
        with_list("docs/SUMMARY.md", summary, is_of_contents, &contents),
    );
    let is_of_table = |line: &str| line.starts_with("| ");
    files.insert(
        "docs/applications.md".into(),
        with_list("docs/applications.md", "## Recipes\n\n", is_of_table, &table),
    );
    files
}

#[test]
fn the_pages_of_recipes_are_up_to_date() {
    let folder = root().join("docs/applications");
    let generated = generated();
    if std::env::var_os("UPDATE_RECIPE_PAGES").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        for (path, text) in &generated {
            fs::write(root().join(path), text).expect("the folder can be written");
        }
    }
    for (path, text) in &generated {
        let committed = fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(committed == *text, "{}: run `make generate`", path.display());
    }
    let count = folder.read_dir().expect("a folder").count();
    assert_eq!(count + 2, generated.len(), "a page has no recipe: run `make generate`");
}
