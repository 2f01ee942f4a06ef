//! The imports between the files of `src/`.
//!
//! A file imports another one if it names a definition of the other, in a `use` or in a path in its code:
//!
//! - Paths begin with `crate`, `super`, `self`, a module that the file declares, or a name that it imported.
//! - Re-exports are followed: `use super::Name` imports the file that defines `Name`, even if the parent's `mod.rs`
//!   passes it on. A `pub use` alone is no import of its file, and neither is `mod child;`.
//! - A child that names a definition of its parent's `mod.rs` imports that `mod.rs`.
//! - An imported module counts by the definitions that are named through it.
//! - Test modules inside a file do not count: they may use files that build on it.
//!
//! Calls of methods are not seen, since that needs types.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    iter::successors,
};

use super::source::tokens;

/// The files that each file imports.
pub type Edges = BTreeMap<String, BTreeSet<String>>;

/// A shortest cycle of imports; its first file is also its last one.
pub fn find_cycle(edges: &Edges) -> Option<Vec<String>> {
    // A file that imports none of the files that are left is in no cycle.
    let mut left = edges.clone();
    loop {
        let count = left.len();
        let known: BTreeSet<String> = left.keys().cloned().collect();
        left.retain(|_, imported| imported.iter().any(|file| known.contains(file)));
        if left.len() == count {
            break;
        }
    }
    left.keys().filter_map(|file| cycle_through(edges, file)).min_by_key(Vec::len)
}

fn cycle_through(edges: &Edges, start: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for next in edges.get(file).into_iter().flatten() {
            if next == start {
                let way = successors(Some(file), |file| came_from.get(file).copied());
                let mut cycle: Vec<_> = way.map(str::to_owned).collect();
                cycle.reverse();
                cycle.push(start.to_owned());
                return Some(cycle);
            }
            if !came_from.contains_key(next.as_str()) {
                came_from.insert(next, file);
                queue.push_back(next);
            }
        }
    }
    None
}

/// A module by its path, such as `["cli", "user"]`.
type ModulePath = Vec<String>;

/// A module, and the names that other modules can reach through it.
#[derive(Debug, Default)]
struct Module {
    file: String,
    children: BTreeSet<String>,
    aliases: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    defined: BTreeSet<String>,
}

/// A mention of a path in a file, as written there.
#[derive(Debug)]
struct Mention {
    module: ModulePath,
    path: Vec<String>,
}

/// A resolved path: the module or the file that defines the name.
#[derive(Debug)]
enum Target {
    Module(ModulePath),
    File(String),
}

/// The modules of the crate, and the mentions in each file.
#[derive(Debug, Default)]
pub struct Imports {
    modules: BTreeMap<ModulePath, Module>,
    mentions: Vec<Mention>,
}

impl Imports {
    /// Reads files, each a path in `src/` and a text.
    pub fn of(files: &[(String, String)]) -> Self {
        let mut imports = Self::default();
        for (file, text) in files {
            Reader::new(&mut imports, file, &tokens(text)).read();
        }
        imports
    }

    /// The files that each file imports.
    pub fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for mention in &self.mentions {
            let file = &self.modules[&mention.module].file;
            if let Some(Target::File(target)) = self.resolve(&mention.module, &mention.path, 0)
                && target != *file
            {
                edges.entry(file.clone()).or_default().insert(target);
            }
        }
        edges
    }

    /// Resolves a path as written in a module. `None` for a name of another crate or of no module.
    fn resolve(&self, module: &[String], path: &[String], depth: usize) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        let mut here = module.to_vec();
        let mut rest = rest;
        match first.as_str() {
            "crate" => here.clear(),
            "self" => {}
            "super" => {
                here.pop();
                while let Some(("super", more)) = rest.split_first().map(|(a, b)| (a.as_str(), b)) {
                    here.pop();
                    rest = more;
                }
            }
            _ => {
                let module = &self.modules[module];
                let is_known =
                    module.children.contains(first) || module.aliases.contains_key(first);
                if !is_known {
                    return None;
                }
                rest = path;
            }
        }
        self.walk(here, rest, depth)
    }

    /// Follows the names from a module on.
    fn walk(&self, mut here: ModulePath, names: &[String], depth: usize) -> Option<Target> {
        for (index, name) in names.iter().enumerate() {
            let module = self.modules.get(&here)?;
            if module.children.contains(name) {
                here.push(name.clone());
                continue;
            }
            // A `use` that names itself, such as `use self::a::a`, would not end.
            if let Some(target) = module.aliases.get(name).filter(|_| depth < 16) {
                let longer = [target.as_slice(), &names[index + 1..]].concat();
                return self.resolve(&here, &longer, depth + 1);
            }
            let through_glob = module.globs.iter().find_map(|glob| {
                match self.resolve(&here, glob, depth + 1)? {
                    Target::Module(path) if self.modules[&path].defined.contains(name) => {
                        Some(Target::File(self.modules[&path].file.clone()))
                    }
                    _ => None,
                }
            });
            return through_glob.or_else(|| Some(Target::File(module.file.clone())));
        }
        Some(Target::Module(here))
    }
}

/// Reads one file.
struct Reader<'a> {
    imports: &'a mut Imports,
    file: &'a str,
    tokens: &'a [&'a str],
    at: usize,
    module: ModulePath,
    /// The depths of braces at which the inline modules around the place end.
    ends: Vec<usize>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(imports: &'a mut Imports, file: &'a str, tokens: &'a [&'a str]) -> Self {
        let path = file.trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(path);
        let is_root = matches!(path, "lib" | "main");
        let module =
            if is_root { Vec::new() } else { path.split('/').map(str::to_owned).collect() };
        Self { imports, file, tokens, at: 0, module, ends: Vec::new(), depth: 0 }
    }

    fn read(&mut self) {
        self.here();
        while self.at < self.tokens.len() {
            match self.token(0) {
                "mod" => self.read_module(),
                "use" => self.read_use(),
                "in" if self.token(1) != "crate" => self.at += 1,
                // `pub(in crate::server)`
                "in" if self.at > 1 && self.tokens[self.at - 2] == "pub" => {
                    while self.token(0) != ")" {
                        self.at += 1;
                    }
                }
                "{" => {
                    self.depth += 1;
                    self.at += 1;
                }
                "}" => self.close(),
                "fn" | "struct" | "enum" | "trait" | "const" | "static" | "type" | "union" => {
                    let name = self.token(1).to_owned();
                    self.here().defined.insert(name);
                    self.at += 1;
                }
                _ => self.read_path(),
            }
        }
    }

    fn token(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.at + ahead).copied().unwrap_or_default()
    }

    fn here(&mut self) -> &mut Module {
        let module = self.imports.modules.entry(self.module.clone()).or_default();
        if module.file.is_empty() {
            self.file.clone_into(&mut module.file);
        }
        module
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.ends.last() == Some(&self.depth) {
            self.ends.pop();
            self.module.pop();
        }
        self.at += 1;
    }

    fn read_module(&mut self) {
        let name = self.token(1).to_owned();
        let end = self.token(2);
        let is_test = self.tokens[..self.at].ends_with(&["#", "[", "cfg", "(", "test", ")", "]"]);
        self.at += 1;
        if is_test && end == "{" {
            return self.skip_block();
        }
        if end == ";" || end == "{" {
            self.here().children.insert(name.clone());
            self.at += 2;
        }
        if end == "{" {
            self.module.push(name);
            self.ends.push(self.depth);
            self.depth += 1;
            self.here();
        }
    }

    fn skip_block(&mut self) {
        let mut depth = 0_u32;
        loop {
            match self.token(0) {
                "{" => depth += 1,
                "}" if depth == 1 => break,
                "}" => depth -= 1,
                "" => return,
                _ => {}
            }
            self.at += 1;
        }
        self.at += 1;
    }

    fn read_use(&mut self) {
        let is_passed_on =
            self.at > 0 && (self.tokens[self.at - 1] == "pub" || self.tokens[self.at - 1] == ")");
        self.at += 1;
        // `use<'a>` of a return type is no import.
        if self.token(0) != "<" {
            self.read_tree(&[], is_passed_on);
        }
    }

    /// Reads `a::{b, c as d, e::*}`.
    fn read_tree(&mut self, prefix: &[String], is_passed_on: bool) {
        let mut path = prefix.to_vec();
        let mut alias = None;
        loop {
            match self.token(0) {
                "{" => {
                    self.at += 1;
                    while self.token(0) != "}" {
                        self.read_tree(&path, is_passed_on);
                        self.at += usize::from(self.token(0) == ",");
                    }
                    self.at += 1;
                    return;
                }
                "*" => {
                    self.at += 1;
                    self.here().globs.push(path.clone());
                    return self.mention(path);
                }
                "as" => {
                    alias = Some(self.token(1).to_owned());
                    self.at += 2;
                }
                "::" => self.at += 1,
                "," | ";" | "}" | "" => break,
                name => {
                    if name != "self" || path.is_empty() {
                        path.push(name.to_owned());
                    }
                    self.at += 1;
                }
            }
        }
        let alias = alias.or_else(|| path.last().cloned()).unwrap_or_default();
        // `use serde;` names itself, and so does a child in `use child;`.
        if path.len() > 1 {
            self.here().aliases.insert(alias, path.clone());
        }
        if !is_passed_on {
            self.mention(path);
        }
    }

    /// Reads `a::b::c`, or a single name, which may be passed on by the file that uses it.
    fn read_path(&mut self) {
        let is_start = self.at == 0 || !matches!(self.tokens[self.at - 1], "::" | ".");
        let mut path = vec![self.token(0).to_owned()];
        self.at += 1;
        while self.token(0) == "::" && self.token(1).starts_with(|c: char| c.is_alphabetic()) {
            path.push(self.token(1).to_owned());
            self.at += 2;
        }
        let is_name = path[0].starts_with(|c: char| c.is_alphabetic() || c == '_');
        // A single lower-case word may be a variable, unless it is called.
        let is_variable =
            path.len() == 1 && path[0].starts_with(char::is_lowercase) && self.token(0) != "(";
        if is_start && is_name && !is_variable {
            self.mention(path);
        }
    }

    fn mention(&mut self, path: Vec<String>) {
        self.imports.mentions.push(Mention { module: self.module.clone(), path });
    }
}
