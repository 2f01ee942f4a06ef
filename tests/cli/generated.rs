//! Man pages and completions: the committed files are what the program generates.

use std::{collections::BTreeMap, path::Path};

use crate::support::cli::Cli;

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let read = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, std::fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(read).collect()
}

#[test]
fn man_pages_are_up_to_date() {
    let cli = Cli::new();
    cli.run("man pages").expect(0, "", "");

    let committed = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("man"));

    let generated = files(&cli.path("pages"));
    assert!(generated == committed, "run `make generate`");
    for (name, page) in generated {
        assert!(page.contains("database cannot be used"), "{name} has no exit codes");
    }
}

#[test]
fn completions_are_up_to_date() {
    let cli = Cli::new();
    let committed = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("completions"));

    let generated = [("bash", "pocketid.bash"), ("fish", "pocketid.fish"), ("zsh", "_pocketid")]
        .map(|(shell, name)| (name.to_owned(), cli.run(&format!("completions {shell}")).ok()));

    assert!(BTreeMap::from(generated) == committed, "run `make generate`");
}

#[test]
fn the_reference_is_up_to_date() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands.md");

    let generated = Cli::new().run("man").ok();

    assert!(generated == std::fs::read_to_string(committed).unwrap(), "run `make generate`");
}

#[test]
fn the_schema_of_the_configuration_file_is_up_to_date() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pocketid-config.schema.json");

    let generated = Cli::new().run("export-config --schema").ok();

    assert!(generated == std::fs::read_to_string(committed).unwrap(), "run `make generate`");
}

#[test]
fn the_help_of_every_command_has_examples() {
    let reference = Cli::new().run("man").ok();
    let sections = reference.split("\n## `").skip(1);
    let of_a_verb = sections.filter(|help| !help.contains("\nCommands:\n"));
    for help in of_a_verb {
        assert!(help.contains("\nExamples:\n"), "no examples: {}", help.lines().next().unwrap());
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_refused() {
    let cli = Cli::new();
    cli.write("file", "");
    cli.run("man file").refused(
        1,
        &[
            "error: cannot write to file: File exists (os error 17)",
            "hint: name a folder that this user can write to",
        ],
    );
}
