//! A page of the documentation, and its parts.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The pages for everybody: the README in both languages.
const AT_THE_ROOT: [&str; 2] = ["README.md", "README.zh-CN.md"];
/// The pages for those who change the program.
const OF_THE_SOURCE: [&str; 5] =
    ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "recipes/README.md"];

/// A Markdown file.
pub(super) struct Page {
    /// Its path from the root of the repository.
    pub(super) path: PathBuf,
    text: String,
}

/// A fenced block of code.
pub(super) struct Block {
    pub(super) language: String,
    /// The number of the line that opens it.
    pub(super) line: usize,
    /// The line above it.
    pub(super) before: String,
    pub(super) code: Vec<String>,
}

/// The repository.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README, in both languages, and the pages below `docs/`.
pub(super) fn guides() -> Vec<Page> {
    let mut paths: Vec<_> = AT_THE_ROOT.iter().map(PathBuf::from).collect();
    markdown_below(Path::new("docs"), &mut paths);
    paths.into_iter().map(Page::read).collect()
}

/// The guides and the documents of the source.
pub(super) fn all_documents() -> Vec<Page> {
    let mut paths: Vec<_> = OF_THE_SOURCE.iter().map(PathBuf::from).collect();
    markdown_below(Path::new("packaging"), &mut paths);
    guides().into_iter().chain(paths.into_iter().map(Page::read)).collect()
}

fn markdown_below(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in root().join(folder).read_dir().expect("a folder") {
        let entry = entry.expect("an entry");
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            markdown_below(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    paths.sort();
}

impl Page {
    pub(super) fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(root().join(&path)).expect("a page");
        Self { path, text }
    }

    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The blocks of code, in order. Their lines lose the indentation of the fence.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut lines = self.text.lines().enumerate();
        let mut before = "";
        while let Some((at, line)) = lines.next() {
            let Some(language) = line.trim_start().strip_prefix("```") else {
                before = line;
                continue;
            };
            let indentation = line.len() - line.trim_start().len();
            let code = lines
                .by_ref()
                .map(|(_, line)| line.get(indentation..).unwrap_or_default().to_owned())
                .take_while(|line| line != "```");
            blocks.push(Block {
                language: language.to_owned(),
                line: at + 1,
                before: before.trim().to_owned(),
                code: code.collect(),
            });
        }
        blocks
    }

    /// The text without blocks of code.
    fn prose(&self) -> impl Iterator<Item = &str> {
        let mut in_block = false;
        self.text.lines().filter(move |line| {
            let is_fence = line.trim_start().starts_with("```");
            in_block ^= is_fence;
            !in_block && !is_fence
        })
    }

    /// The targets of its links and pictures.
    pub(super) fn links(&self) -> Vec<String> {
        let mut links = Vec::new();
        for line in self.prose() {
            let plain: String = line.split('`').step_by(2).collect();
            let targets = plain.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
            links.extend(targets.map(|(target, _)| target.to_owned()));
        }
        links
    }

    /// The anchors of its headings.
    pub(super) fn anchors(&self) -> BTreeSet<String> {
        let headings = self.prose().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }

    /// The files that mdbook includes, with the part that is asked for.
    pub(super) fn inclusions(&self) -> Vec<String> {
        let parts = self.text.split("{{#include ").skip(1);
        parts.filter_map(|rest| rest.split_once("}}")).map(|(file, _)| file.to_owned()).collect()
    }
}

/// The anchor of a heading, as mdbook and the forges make it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        _ if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}
