//! Man pages and completions: the committed files are what the program generates.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

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

/// Commands that have no man page: those of Pocket ID, and those of the program itself.
const WITHOUT_PAGE: &[&str] = &[
    "decode-picture",
    "encryption-key-rotate",
    "export",
    "help",
    "key-rotate",
    "one-time-access-token",
];

/// Texts that tell people what to type: hints, help, pages and documents.
fn texts() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = vec![root.join("README.md"), root.join("README.zh-CN.md")];
    let mut folders = vec![root.join("src"), root.join("docs")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let kind = path.extension().and_then(|extension| extension.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if matches!(kind, Some("rs" | "json" | "html" | "md")) {
                texts.push(path);
            }
        }
    }
    texts
}

/// The words of a command line that could be those of a command.
fn command_words(line: &str) -> Vec<&str> {
    let line = line.split(['`', '"', '“', '”', '\n', ';', ',', ')']).next().unwrap();
    let is_name = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    line.split(' ').take_while(|word| is_name(word) && !word.starts_with('-')).take(2).collect()
}

#[test]
fn every_command_that_is_told_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = files(&root.join("man")).into_keys();
    let commands: BTreeSet<String> =
        pages.map(|page| page.trim_end_matches(".1").replacen("pocketid-", "", 1)).collect();
    let has_more =
        |verb: &str| commands.iter().any(|command| command.starts_with(&format!("{verb}-")));
    let mut told = 0;
    for path in texts() {
        let text = std::fs::read_to_string(&path).unwrap();
        for start in ["`pocketid ", "“pocketid ", ": pocketid "] {
            for line in text.split(start).skip(1) {
                let words = command_words(line);
                let is_known = match words[..] {
                    [] | [""] => continue,
                    [verb, noun] if has_more(verb) && !noun.is_empty() => {
                        commands.contains(&format!("{verb}-{noun}"))
                    }
                    [verb, ..] => commands.contains(verb) || WITHOUT_PAGE.contains(&verb),
                };
                assert!(is_known, "{}: pocketid {}", path.display(), words.join(" "));
                told += 1;
            }
        }
    }
    assert!(told > 100, "only {told}");
}
