//! Finds recipes: the user's own first, and then the built-in ones.

use std::{
    fs::File,
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{Recipe, built_in::BUILT_IN, fault::RecipeFault};
use crate::model::near;

/// The maximum size of a recipe, in bytes.
const MAX_LEN: u64 = 64 * 1024;

/// Why a recipe cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A recipe of the user's own has a fault.
    #[error("the recipe {} cannot be used: {fault}", path.display())]
    Faulty {
        /// Its file.
        path: PathBuf,
        /// The fault.
        fault: RecipeFault,
    },
    /// No recipe has the name.
    #[error("unknown recipe \"{name}\"")]
    NotFound {
        /// The name.
        name: String,
        /// The names closest to it.
        near: Vec<String>,
    },
    /// The folder or a file in it cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The folder or the file.
        path: PathBuf,
        /// The cause.
        error: std::io::Error,
    },
}

/// The available recipes.
#[derive(Debug)]
pub struct Library {
    folder: PathBuf,
}

/// A recipe with its name.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Recipe"))]
#[serde(rename_all = "camelCase")]
pub struct ListedRecipe {
    /// The name of its file, without the extension.
    pub name: String,
    /// Whether it is one of the user's own.
    pub is_own: bool,
    /// The recipe.
    #[serde(flatten)]
    pub recipe: Recipe,
}

impl Library {
    /// The built-in recipes, and those in the folder `recipes` beside this folder.
    pub fn beside(data_folder: &Path) -> Self {
        Self { folder: data_folder.parent().unwrap_or(data_folder).join("recipes") }
    }

    /// Finds a recipe by name, case-insensitively.
    pub fn find(&self, name: &str) -> Result<ListedRecipe, LibraryError> {
        let folded = name.to_lowercase();
        let own = self.own_names()?;
        if own.contains(&folded) {
            return self.read(folded);
        }
        match BUILT_IN.iter().find(|(built_in, _)| *built_in == folded) {
            Some((_, text)) => Ok(built_in(folded, text)),
            None => Err(not_found(name, &self.names(own))),
        }
    }

    /// All recipes, sorted by name.
    pub fn list(&self) -> Result<Vec<ListedRecipe>, LibraryError> {
        let own = self.own_names()?;
        self.names(own).into_iter().map(|name| self.find(&name)).collect()
    }

    fn names(&self, own: Vec<String>) -> Vec<String> {
        let mut names: Vec<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
        names.extend(own);
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names of the user's own recipes. Other files in the folder are ignored.
    fn own_names(&self) -> Result<Vec<String>, LibraryError> {
        let entries = match self.folder.read_dir() {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&self.folder, error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let file = entry.map_err(|error| unreadable(&self.folder, error))?.file_name();
            let name = file.to_str().and_then(|file| file.strip_suffix(".toml"));
            names.extend(name.filter(|name| is_name(name)).map(str::to_owned));
        }
        Ok(names)
    }

    fn read(&self, name: String) -> Result<ListedRecipe, LibraryError> {
        let path = self.folder.join(format!("{name}.toml"));
        let mut text = Vec::new();
        // Opening a named pipe would block until another process writes to it.
        if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            return Err(faulty(&path, RecipeFault::of_file("it is not a file")));
        }
        let read = File::open(&path).and_then(|file| file.take(MAX_LEN + 1).read_to_end(&mut text));
        read.map_err(|error| unreadable(&path, error))?;
        if text.len() as u64 > MAX_LEN {
            return Err(faulty(&path, RecipeFault::of_file("it is longer than 64 KiB")));
        }
        let parsed = match String::from_utf8(text) {
            Ok(text) => Recipe::parse(&text),
            Err(_) => Err(RecipeFault::of_file("it is not UTF-8 text")),
        };
        let recipe = parsed.map_err(|fault| faulty(&path, fault))?;
        Ok(ListedRecipe { name, is_own: true, recipe })
    }
}

fn built_in(name: String, text: &str) -> ListedRecipe {
    let recipe = Recipe::parse(text).expect("a test reads every recipe in the program");
    ListedRecipe { name, is_own: false, recipe }
}

fn is_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.chars().all(is_allowed)
}

fn not_found(name: &str, names: &[String]) -> LibraryError {
    let near = near(name, names).into_iter().map(str::to_owned).collect();
    LibraryError::NotFound { name: name.to_owned(), near }
}

fn faulty(path: &Path, fault: RecipeFault) -> LibraryError {
    LibraryError::Faulty { path: path.to_owned(), fault }
}

fn unreadable(path: &Path, error: std::io::Error) -> LibraryError {
    LibraryError::Unreadable { path: path.to_owned(), error }
}
