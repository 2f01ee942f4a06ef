//! Finds recipes: the user's own first, and then the built-in ones.

use std::{
    fs::File,
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use super::{
    super::{error::CliError, names::near},
    Recipe,
    built_in::BUILT_IN,
    fault::Fault,
};

/// The maximum size of a recipe, in bytes.
const MAX_LEN: u64 = 64 * 1024;

/// The available recipes.
#[derive(Debug)]
pub struct Library {
    folder: PathBuf,
}

/// A recipe with its name.
#[derive(Debug)]
pub struct Entry {
    /// The name of its file, without the extension.
    pub name: String,
    /// Whether it is one of the user's own.
    pub is_own: bool,
    /// The parsed recipe.
    pub recipe: Recipe,
}

impl Library {
    /// The built-in recipes, and those in the folder `recipes` beside this folder.
    pub fn beside(data_folder: &Path) -> Self {
        Self { folder: data_folder.parent().unwrap_or(data_folder).join("recipes") }
    }

    /// Finds a recipe by name, case-insensitively.
    pub fn find(&self, name: &str) -> Result<Entry, CliError> {
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
    pub fn list(&self) -> Result<Vec<Entry>, CliError> {
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
    fn own_names(&self) -> Result<Vec<String>, CliError> {
        let entries = match self.folder.read_dir() {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&self.folder, &error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let file = entry.map_err(|error| unreadable(&self.folder, &error))?.file_name();
            let name = file.to_str().and_then(|file| file.strip_suffix(".toml"));
            names.extend(name.filter(|name| is_name(name)).map(str::to_owned));
        }
        Ok(names)
    }

    fn read(&self, name: String) -> Result<Entry, CliError> {
        let path = self.folder.join(format!("{name}.toml"));
        let mut text = Vec::new();
        // Opening a named pipe would block until another process writes to it.
        if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            return Err(faulty(&path, &Fault::of_file("it is not a file")));
        }
        let read = File::open(&path).and_then(|file| file.take(MAX_LEN + 1).read_to_end(&mut text));
        read.map_err(|error| unreadable(&path, &error))?;
        if text.len() as u64 > MAX_LEN {
            return Err(faulty(&path, &Fault::of_file("it is longer than 64 KiB")));
        }
        let parsed = match String::from_utf8(text) {
            Ok(text) => Recipe::parse(&text),
            Err(_) => Err(Fault::of_file("it is not UTF-8 text")),
        };
        let recipe = parsed.map_err(|fault| faulty(&path, &fault))?;
        Ok(Entry { name, is_own: true, recipe })
    }
}

fn built_in(name: String, text: &str) -> Entry {
    let recipe = Recipe::parse(text).expect("a test reads every recipe in the program");
    Entry { name, is_own: false, recipe }
}

fn is_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.chars().all(is_allowed)
}

fn not_found(name: &str, names: &[String]) -> CliError {
    let error = CliError::usage(format!("there is no recipe \"{name}\""));
    match &near(name, names)[..] {
        [] => error.hint("to see all of them: pocketid client recipes"),
        near => error.hint(format!("did you mean {}?", near.join(" or "))),
    }
}

fn faulty(path: &Path, fault: &Fault) -> CliError {
    CliError::refused(format!("the recipe {} cannot be used: {fault}", path.display()))
        .hint("mend the file, or move it away; how recipes are written is told in recipes/README.md of the source")
}

fn unreadable(path: &Path, error: &std::io::Error) -> CliError {
    CliError::refused(format!("cannot read {}: {error}", path.display()))
        .hint("this user must be able to read the folder of recipes and the files in it")
}
