//! Documents are held to the code, to each other, and to the shell.

mod links;
mod page;
mod recipes;
mod shell;

use std::{fs, path::Path};

use pocketid::settings::{SETTINGS, SettingLine};

/// The text of every Rust file below a folder.
fn rust_below(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_below(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("a text"));
        }
    }
}

/// The words of a document that stand as code.
fn code_words(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_security_checklist_names_files_and_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let checklist = fs::read_to_string(root.join("docs/security-checklist.md")).expect("a text");
    let mut code = String::new();
    for folder in ["src", "tests"] {
        rust_below(&root.join(folder), &mut code);
    }
    let is_a_test = |word: &str| {
        word.matches('_').count() > 3 && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    let mut count = 0;
    for word in code_words(&checklist) {
        if word.ends_with(".rs") || (word.ends_with('/') && !word.starts_with('/')) {
            let is_there = ["", "src", "tests"].iter().any(|at| root.join(at).join(word).exists());
            assert!(is_there, "there is no {word}");
            count += 1;
        } else if is_a_test(word) {
            assert!(code.contains(&format!("fn {word}()")), "there is no test {word}");
            count += 1;
        }
    }
    assert!(count > 100, "the checklist names {count} files and tests");
}

/// The variables and the default of each line of the table of settings.
fn settings_in_table(text: &str) -> Vec<(Vec<String>, String)> {
    let table =
        text.split("| variable | default | |\n| --- | --- | --- |\n").nth(1).expect("a table");
    let lines = table.lines().take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().replace('`', "")).collect();
        (cells[1].split(", ").map(str::to_owned).collect(), cells[2].clone())
    };
    lines.map(row).collect()
}

#[test]
fn the_page_of_settings_names_those_that_are_read_and_their_defaults() {
    let page = fs::read_to_string("docs/settings.md").expect("the page");
    let described = |line: &SettingLine| {
        let names = line.names.iter().map(|name| (*name).to_owned()).collect();
        (names, line.default.to_owned())
    };
    let described: Vec<_> = SETTINGS.iter().map(described).collect();
    assert_eq!(settings_in_table(&page), described);
}
