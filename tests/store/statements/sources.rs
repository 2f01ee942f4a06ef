//! The files of `src/store/`, their constants, and the texts that their macros make.

use std::{collections::BTreeMap, fs, path::Path};

use super::tokens::{Token, close, tokens};

/// A file, split up.
#[derive(Debug)]
pub struct Source {
    /// Its path in `src/store/`.
    pub path: String,
    /// The name of its module.
    module: String,
    /// All of it.
    pub tokens: Vec<Token>,
    constants: BTreeMap<String, Vec<Token>>,
    macros: BTreeMap<String, Macro>,
}

/// A macro with one rule.
#[derive(Debug)]
struct Macro {
    parameters: Vec<String>,
    body: Vec<Token>,
}

/// The texts that the parameters of a macro stand for.
type Arguments = BTreeMap<String, String>;

/// Where an expression stands.
#[derive(Clone, Copy)]
struct Scope<'a> {
    of: &'a Source,
    tokens: &'a [Token],
    given: &'a Arguments,
}

/// All files of the store that both engines share.
#[derive(Debug)]
pub struct Sources(pub Vec<Source>);

impl Sources {
    /// Reads them.
    pub fn read() -> Self {
        let mut sources = Vec::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store"), "", &mut sources);
        assert!(sources.len() > 50, "the store is there");
        Self(sources)
    }

    /// The text of an expression: a literal, a constant of the file, or a macro of them.
    pub fn text(&self, of: &Source, expression: &[Token]) -> Option<String> {
        let given = &Arguments::new();
        self.evaluate(Scope { of, tokens: expression, given }, 0).map(|(text, _)| text)
    }

    /// The text of the expression at a position, and where it ends.
    pub fn text_at(&self, of: &Source, at: usize) -> Option<(String, usize)> {
        self.evaluate(Scope { of, tokens: &of.tokens, given: &Arguments::new() }, at)
    }

    /// The elements of an array of tuples: the tokens of each.
    pub fn tuples<'a>(&'a self, of: &'a Source, array: &'a [Token]) -> Vec<&'a [Token]> {
        let mut found = Vec::new();
        if let [Token::Word(name), exclamation, ..] = array
            && exclamation.is("!")
            && let Some((owner, made)) = self.find_macro(of, None, name)
        {
            found = self.tuples(owner, &made.body);
        }
        let mut at = 0;
        while at < array.len() {
            if array[at].is("(") {
                let end = close(array, at);
                if matches!(array[at + 1], Token::Text(..)) {
                    found.push(&array[at + 1..end]);
                }
                at = end;
            }
            at += 1;
        }
        found
    }

    fn evaluate(&self, scope: Scope<'_>, at: usize) -> Option<(String, usize)> {
        let Scope { of, tokens, given } = scope;
        let name = match tokens.get(at)? {
            Token::Text(text, _) => return Some((text.clone(), at + 1)),
            Token::Word(word) => word,
        };
        let next = |word: &str| tokens.get(at + 1).is_some_and(|token| token.is(word));
        if name == "&" {
            return self.evaluate(scope, at + 1);
        }
        if name == "Some" && next("(") {
            let (text, _) = self.evaluate(scope, at + 2)?;
            return Some((text, close(tokens, at + 1) + 1));
        }
        if name == "$"
            && let Token::Word(parameter) = tokens.get(at + 1)?
        {
            return Some((given.get(parameter)?.clone(), at + 2));
        }
        if next("::")
            && let Token::Word(called) = tokens.get(at + 2)?
            && tokens.get(at + 3)?.is("!")
        {
            return self.expand(scope, Some(name), called, at + 4);
        }
        if next("!") {
            return self.expand(scope, None, name, at + 2);
        }
        let constant = of.constants.get(name)?;
        Some((self.text(of, constant)?, at + 1))
    }

    /// The text of a macro, whose arguments open at `open`.
    fn expand(
        &self,
        scope: Scope<'_>,
        module: Option<&str>,
        name: &str,
        open: usize,
    ) -> Option<(String, usize)> {
        let Scope { of, tokens, .. } = scope;
        let called = self.find_macro(of, module, name);
        if name != "concat" && called.is_none() {
            return None;
        }
        let end = close(tokens, open);
        let mut arguments = Vec::new();
        let mut at = open + 1;
        while at < end {
            let (text, after) = self.evaluate(scope, at)?;
            arguments.push(text);
            at = after + usize::from(tokens[after].is(","));
        }
        let text = match called {
            None => arguments.concat(),
            Some((owner, called)) => {
                let given = &called.parameters.iter().cloned().zip(arguments).collect();
                self.evaluate(Scope { of: owner, tokens: &called.body, given }, 0)?.0
            }
        };
        Some((text, end + 1))
    }

    /// The macro that a name means in a file: its own, or the one that it imports.
    fn find_macro(
        &self,
        of: &Source,
        module: Option<&str>,
        name: &str,
    ) -> Option<(&Source, &Macro)> {
        let is_meant = |source: &&Source| match module {
            Some(module) => source.module == module,
            None => source.path == of.path || of.imports(&source.module, name),
        };
        let mut meant = self.0.iter().filter(is_meant).collect::<Vec<_>>();
        meant.sort_by_key(|source| source.path != of.path);
        meant.iter().find_map(|source| Some((*source, source.macros.get(name)?)))
    }
}

impl Source {
    /// The initial value of a constant.
    pub fn constant(&self, name: &str) -> Option<&[Token]> {
        self.constants.get(name).map(Vec::as_slice)
    }

    /// Whether a name is imported from a module.
    fn imports(&self, module: &str, name: &str) -> bool {
        let from = |at: usize| self.tokens[at].is(module) && self.tokens[at + 1].is("::");
        (0..self.tokens.len().saturating_sub(2)).filter(|at| from(*at)).any(|at| {
            let names = &self.tokens[at + 2..];
            match &names[0] {
                open if open.is("{") => names[..close(names, 0)].iter().any(|it| it.is(name)),
                only => only.is(name),
            }
        })
    }

    fn new(path: String, code: &str) -> Self {
        let stem = path.trim_end_matches(".rs").trim_end_matches("/mod");
        let module = stem.rsplit('/').next().unwrap_or_default().to_owned();
        let tokens = tokens(code);
        let (mut constants, mut macros) = (BTreeMap::new(), BTreeMap::new());
        for at in 0..tokens.len() {
            let Some(Token::Word(name)) = tokens.get(at + 1) else { continue };
            if tokens[at].is("const") {
                let end = (at..tokens.len()).find(|end| tokens[*end].is(";"));
                let equals = (at..tokens.len()).find(|place| tokens[*place].is("="));
                if let (Some(equals), Some(end)) = (equals, end)
                    && equals < end
                {
                    constants.insert(name.clone(), tokens[equals + 1..end].to_vec());
                }
            } else if tokens[at].is("macro_rules")
                && let Token::Word(name) = &tokens[at + 2]
            {
                macros.insert(name.clone(), Macro::new(&tokens[at + 4..]));
            }
        }
        Self { path, module, tokens, constants, macros }
    }
}

impl Macro {
    /// Reads the rule of a macro from its `(` on.
    fn new(rule: &[Token]) -> Self {
        let end = close(rule, 0);
        let parameters = rule[..end].windows(3).filter(|some| some[0].is("$") && some[2].is(":"));
        let parameters = parameters.filter_map(|some| match &some[1] {
            Token::Word(name) => Some(name.clone()),
            Token::Text(..) => None,
        });
        let body = end + 3;
        assert!(rule[body].is("{"), "a macro has a rule in the form that this test reads");
        Self { parameters: parameters.collect(), body: rule[body + 1..close(rule, body)].to_vec() }
    }
}

/// The folders of the engines have statements for one of them.
fn collect(folder: &Path, within: &str, sources: &mut Vec<Source>) {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name");
        let inner = format!("{within}{name}");
        if path.is_dir() {
            if !["migrations", "postgres", "sqlite"].contains(&name) {
                collect(&path, &format!("{inner}/"), sources);
            }
        } else if name != "tests.rs" {
            sources.push(Source::new(inner, &fs::read_to_string(&path).expect("a text")));
        }
    }
}
