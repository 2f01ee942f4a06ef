//! The shell blocks of the pages, run as they stand.
//!
//! The blocks of a page run in one shell and one folder, in their order. A comment that begins with
//! `<!-- sh` holds commands that prepare the page for the next block. `pocketid serve` runs until the
//! next `pocketid serve`. A command fails as its own comment says: `exits with 1`.

use std::{sync::Mutex, thread};

use super::page::{Block, Page, guides};
use crate::support::{
    cli::Cli,
    pocket_id::{self, PocketId},
    ports::free_port,
};

/// The languages of blocks that contain no command.
const NOT_COMMANDS: &[&str] = &[
    "caddyfile",
    "ini",
    "javascript",
    "json",
    "nginx",
    "php",
    "python",
    "ruby",
    "text",
    "toml",
    "yaml",
];
/// The threads that run pages. Each page has a server at most.
const THREADS: usize = 3;

/// A page as a script; `None` if nothing in it is run.
fn script(page: &Page) -> Option<String> {
    let blocks = page.blocks();
    blocks.iter().find(|block| block.language == "sh")?;
    let mut script = include_str!("prelude.sh").to_owned();
    let mut blocks = blocks.iter().peekable();
    let mut lines = page.text().lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if line.trim() == "<!-- sh" {
            let hidden = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "-->");
            script.extend(hidden.flat_map(|line| [line, "\n"]));
        } else if let Some(block) = blocks.next_if(|block| block.line == at + 1)
            && block.language == "sh"
        {
            script += &format!("echo 'line {}:' >&2\n", block.line);
            script.extend(block.code.iter().map(|line| command(line) + "\n"));
        }
    }
    Some(script)
}

/// A line of a block as the test runs it.
fn command(line: &str) -> String {
    if line.starts_with("pocketid serve") {
        return format!("start_server {line}");
    }
    match line
        .split_once(" # ")
        .map(|(command, comment)| (command, comment.split_once("exits with ")))
    {
        Some((command, Some((_, code)))) => {
            let code: String = code.chars().take_while(char::is_ascii_digit).collect();
            format!("CODE=0; {command} || CODE=$?; [ $CODE = {code} ]")
        }
        _ => line.to_owned(),
    }
}

/// A folder as the readers of the page have it.
fn folder_for(page: &Page) -> Cli {
    let port = free_port();
    let cli = Cli::new().with("HOST", "127.0.0.1").with("PORT", &port.to_string());
    if !page.path.ends_with("docs/import.md") {
        return cli;
    }
    let old = PocketId::new();
    std::fs::copy(old.archive(), cli.path("export.zip")).expect("a copy");
    cli.with("ENCRYPTION_KEY", pocket_id::ENCRYPTION_KEY)
}

fn run(page: &Page) -> Option<String> {
    let ran = folder_for(page).shell(&script(page)?);
    let fault = format!("{}\n{}\n{}", page.name(), ran.stdout, ran.stderr);
    (ran.code != Some(0)).then_some(fault)
}

#[test]
fn every_shell_block_runs_as_it_stands() {
    let pages = Mutex::new(guides());
    let faults = Mutex::new(Vec::new());
    let next = || pages.lock().expect("no panic").pop();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(page) = next() {
                    let fault = run(&page);
                    faults.lock().expect("no panic").extend(fault);
                }
            });
        }
    });
    let faults = faults.into_inner().expect("no panic");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The reason stands in the line above: `<!-- not run: needs Docker -->`.
fn has_reason(block: &Block) -> bool {
    block.before.starts_with("<!-- not run: ") && block.before.ends_with(" -->")
}

#[test]
fn every_block_of_commands_is_run_or_says_why_not() {
    for page in guides() {
        for block in page.blocks() {
            let place = format!("{}:{}", page.name(), block.line);
            match block.language.as_str() {
                "sh" => {}
                "console" => assert!(has_reason(&block), "{place}: say why it is not run"),
                other => {
                    assert!(NOT_COMMANDS.contains(&other), "{place}: unknown language {other:?}");
                    let is_command = |line: &String| line.starts_with("pocketid ");
                    assert!(!block.code.iter().any(is_command), "{place}: commands are sh");
                }
            }
        }
    }
}
