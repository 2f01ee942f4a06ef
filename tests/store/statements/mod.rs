//! PostgreSQL prepares every statement of the store, and takes each parameter as the type that we bind.
//!
//! PostgreSQL infers the type of a parameter from what stands beside it. Beside a bare number that is
//! a four-byte integer, and beside nothing but `CASE WHEN` a boolean, while we bind only bytes, texts and
//! eight-byte integers: such a statement works on SQLite and fails on PostgreSQL when it is run.
//! So the statements are read from the sources, completed where they are put together, and prepared.

mod lists;
mod sources;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use ::postgres::{Client, types::Type};
use pocketid::{
    settings::{Settings, Source as Environment},
    store::Store,
};

use crate::support::postgres;
use sources::{Source, Sources};
use tokens::{Token, close};

/// The texts that parts of statements in `{}` stand for, by file. Constants need no entry.
const FILLED: &[(&str, &str, &[&str])] = &[
    ("batches.rs", "BATCH", &["500"]),
    ("batches.rs", "column", &["client_id", "user_id"]),
    (
        "batches.rs",
        "next",
        &["SELECT id FROM grants WHERE {column} = ?1 ORDER BY id LIMIT {BATCH}"],
    ),
    ("batches.rs", "table", &["access_tokens", "refresh_tokens"]),
    ("groups.rs", "now", &["?3"]),
    ("scim_resources.rs", "added", &["3"]),
    ("scim_resources.rs", "next", &["4"]),
];

/// How statements go on that end open: the file, the constant or the text so far, and the rest.
const COMPLETED: &[(&str, &str, &str)] = &[
    ("audit_events.rs", "SELECT", " ORDER BY a.id DESC LIMIT ?{}"),
    (
        "audit_events.rs",
        "SELECT",
        " AND a.user_id = ?2 AND a.kind IN (?3, ?4) AND {SEARCHED} ORDER BY a.id DESC LIMIT ?{}",
    ),
    (
        "client_lists.rs",
        "SELECT client_id, kind, pattern FROM client_redirect_uris WHERE client_id IN",
        " (?1, ?2) ORDER BY client_id, kind, position",
    ),
    (
        "client_lists.rs",
        "SELECT client_id, id, prefix, created_at, expires_at FROM client_secrets WHERE client_id IN",
        " (?1, ?2) ORDER BY id",
    ),
    (
        "client_lists.rs",
        "SELECT client_id, audience, audience_client_id, scope, resources FROM identity_assertions WHERE client_id IN",
        " (?1, ?2) ORDER BY client_id, audience",
    ),
    (
        "scim_ids.rs",
        "SELECT user_id, external_id FROM scim_user_ids WHERE user_id",
        " {among} AND token_id = ?{}",
    ),
    (
        "scim_ids.rs",
        "SELECT group_id, external_id FROM scim_group_ids WHERE group_id",
        " {among} AND token_id = ?{}",
    ),
    ("scim_resources.rs", "SELECT u.id FROM users u WHERE u.id", " {among}{PEOPLE}"),
    ("scim_resources.rs", "SELECT u.id FROM users u WHERE u.id", " {among}{OF_CLIENT}"),
    ("scim_resources.rs", "SELECT id FROM groups WHERE id", " {among}"),
    ("scim_resources.rs", "SELECT id FROM users WHERE id", " {among}"),
    (
        "scim_resources.rs",
        "SELECT local_id FROM scim_resources WHERE local_id",
        " {among} AND kind = 'user' AND provider_id = ?{}",
    ),
];

/// Statements that are not prepared here, with reasons.
const PASSED_OVER: &[(&str, &str, &str)] = &[
    ("examination.rs", "SELECT sqlite_version()", "SQLite's"),
    ("examination.rs", "BROKEN_REFERENCES", "SQLite's"),
    ("foreign.rs", "SELECT *", "of the database of another program"),
    ("foreign.rs", "SELECT name FROM sqlite_schema*", "of the database of another program"),
    ("foreign.rs", "SELECT COUNT(*)*", "of the database of another program"),
    ("list/mod.rs", "SELECT *", "the statements of lists are made from their definitions"),
    ("schema.rs", "SELECT *", "of an SQLite database with the migrations alone"),
    ("tx.rs", "SELECT COUNT(*) FROM {}", "the tables of a backup, without parameters"),
];

/// A type of parameters and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Ids and digests.
    Bytes,
    /// Numbers, booleans and times.
    Integer,
    /// Texts.
    Text,
}

impl Kind {
    fn of(ty: &Type) -> Option<Self> {
        match *ty {
            Type::BYTEA => Some(Self::Bytes),
            Type::INT8 => Some(Self::Integer),
            Type::TEXT => Some(Self::Text),
            _ => None,
        }
    }
}

/// A statement as it is prepared.
#[derive(Debug, Clone)]
pub struct Statement {
    sql: String,
    /// The types that some parameters are bound as, by their numbers.
    kinds: Vec<(usize, Kind)>,
    /// Whether its rows are only counted, so that the type of `1` does not matter.
    is_for_existence: bool,
}

impl Statement {
    /// A statement whose rows are read.
    pub fn of(sql: String, kinds: Vec<(usize, Kind)>) -> Self {
        Self { sql, kinds, is_for_existence: false }
    }

    /// Why it would fail on PostgreSQL.
    fn fault(&self, client: &mut Client) -> Option<String> {
        let statement = match client.prepare(&self.sql.replace('?', "$")) {
            Ok(statement) => statement,
            Err(error) => {
                return Some(
                    error
                        .as_db_error()
                        .map_or_else(|| error.to_string(), |error| error.message().to_owned()),
                );
            }
        };
        for (number, ty) in (1..).zip(statement.params()) {
            let kind = Kind::of(ty);
            let bound = self.kinds.iter().find(|(it, _)| *it == number).map(|(_, kind)| *kind);
            if kind.is_none() || bound.is_some_and(|bound| kind != Some(bound)) {
                return Some(format!("?{number} is {ty}, which is not what we bind"));
            }
        }
        let column = statement.columns().iter().find(|column| Kind::of(column.type_()).is_none());
        let column = column.filter(|_| !self.is_for_existence)?;
        Some(format!("the column {} is {}, which no row is read as", column.name(), column.type_()))
    }
}

/// The highest number of a parameter.
pub fn highest_number(sql: &str) -> usize {
    let numbers = sql.split('?').skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    });
    numbers.max().unwrap_or(0)
}

/// Where a text stands.
struct Found {
    text: String,
    line: usize,
    /// The constant that it is the value of.
    constant: Option<String>,
}

/// The texts of a file that begin as a statement does.
fn texts(sources: &Sources, source: &Source) -> Vec<Found> {
    let tokens = &source.tokens;
    let (mut found, mut constant, mut line, mut at) = (Vec::new(), None, 0, 0);
    while at < tokens.len() {
        let is_call = tokens.get(at + 1).is_some_and(|next| next.is("!"));
        let mut text = None;
        let mut after = at + 1;
        match &tokens[at] {
            Token::Text(literal, its_line) => {
                line = *its_line;
                text = Some(literal.clone());
            }
            Token::Word(word) if word == "macro_rules" => after = close(tokens, at + 3),
            Token::Word(word) if word == "const" => match &tokens[at + 1] {
                Token::Word(name) => constant = Some(name.clone()),
                Token::Text(..) => {}
            },
            Token::Word(word) if word == ";" => constant = None,
            Token::Word(word) if word == "format" && is_call => {
                if let Some(Token::Text(template, its_line)) = tokens.get(at + 3) {
                    line = *its_line;
                    text = Some(template.clone());
                    after = close(tokens, at + 2);
                }
            }
            Token::Word(word) if is_call => {
                let made = sources.text_at(source, at);
                assert!(word != "concat" || made.is_some(), "no text in {}:{line}", source.path);
                if let Some((made, end)) = made {
                    let lines = tokens[at..end].iter().filter_map(|token| match token {
                        Token::Text(_, line) => Some(*line),
                        Token::Word(_) => None,
                    });
                    line = lines.min().unwrap_or(line);
                    (text, after) = (Some(made), end);
                }
            }
            Token::Word(_) => {}
        }
        found.extend(text.filter(|text| is_statement(text)).map(|text| Found {
            text,
            line,
            constant: constant.clone(),
        }));
        at = after;
    }
    found
}

/// Fails for a constant whose text this test could not make, since a statement may be in it.
fn assert_texts(sources: &Sources, source: &Source) {
    for some in source.tokens.windows(6) {
        if let [first, Token::Word(name), colon, reference, ty, equals] = some
            && first.is("const")
            && colon.is(":")
            && reference.is("&")
            && ty.is("str")
            && equals.is("=")
        {
            let value = source.constant(name).and_then(|value| sources.text(source, value));
            assert!(value.is_some(), "no text of {name} in {}", source.path);
        }
    }
}

fn is_statement(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let two = (words.next().unwrap_or_default(), words.next());
    matches!(two, ("SELECT" | "UPDATE" | "WITH", Some(_)))
        || matches!(two, ("INSERT", Some("INTO")) | ("DELETE", Some("FROM")))
}

/// The statements that a text is prepared as.
fn completed(sources: &Sources, source: &Source, found: &Found) -> Vec<String> {
    let short = on_one_line(&found.text);
    let is_it = |part: &str| found.constant.as_deref() == Some(part) || is_like(&short, part);
    if PASSED_OVER.iter().any(|(file, part, _)| *file == source.path && is_it(part)) {
        return Vec::new();
    }
    let rests = COMPLETED.iter().filter(|(file, part, _)| *file == source.path && is_it(part));
    let mut whole: Vec<_> = rests.map(|(_, _, rest)| format!("{}{rest}", found.text)).collect();
    if whole.is_empty() {
        whole.push(found.text.clone());
    }
    whole.iter().flat_map(|sql| filled(sources, source, sql)).map(|sql| numbered(&sql)).collect()
}

/// A text with each of its parts in `{}` replaced, in each way.
fn filled(sources: &Sources, source: &Source, sql: &str) -> Vec<String> {
    let parts = sql.match_indices('{').filter_map(|(open, _)| {
        let end = open + sql[open..].find('}')?;
        Some(&sql[open + 1..end])
    });
    let Some(part) = parts.into_iter().find(|part| !part.is_empty() && is_name(part)) else {
        return vec![sql.to_owned()];
    };
    let known = FILLED.iter().find(|(file, name, _)| *file == source.path && *name == part);
    let values: Vec<String> = match known {
        Some((_, _, values)) => values.iter().map(|value| (*value).to_owned()).collect(),
        None if part == "among" => vec!["IN (?1, ?2)".to_owned()],
        None => source.constant(part).and_then(|it| sources.text(source, it)).into_iter().collect(),
    };
    if values.is_empty() {
        return vec![sql.to_owned()];
    }
    let replaced = values.iter().map(|value| sql.replace(&format!("{{{part}}}"), value));
    replaced.flat_map(|sql| filled(sources, source, &sql)).collect()
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// `?{}` is the number after those before it, and so is `?N`.
fn numbered(sql: &str) -> String {
    let mut sql = sql.replace("?N", "?{}");
    while let Some(at) = sql.find("?{}") {
        let number = highest_number(&sql[..at]) + 1;
        sql.replace_range(at..at + 3, &format!("?{number}"));
    }
    sql
}

/// The constants that are only parts of other statements of their file.
fn parts(source: &Source) -> BTreeSet<&str> {
    let mut named = BTreeSet::new();
    for token in &source.tokens {
        if let Token::Text(text, _) = token {
            named.extend(text.split('{').skip(1).filter_map(|rest| rest.split('}').next()));
        }
    }
    named
}

/// The constants of a file that only `Tx::exists` runs, which reads no column.
fn for_existence(source: &Source) -> BTreeSet<&str> {
    let mut uses: BTreeMap<&str, bool> = BTreeMap::new();
    for some in source.tokens.windows(3) {
        if let Token::Word(name) = &some[2]
            && !some[1].is("const")
        {
            let is_asked = some[0].is("exists") && some[1].is("(");
            uses.entry(name).and_modify(|only| *only &= is_asked).or_insert(is_asked);
        }
    }
    uses.into_iter().filter(|(_, only)| *only).map(|(name, _)| name).collect()
}

/// All statements, each with its file and line.
fn statements(sources: &Sources) -> Vec<(String, Statement)> {
    let mut all = Vec::new();
    for source in &sources.0 {
        assert_texts(sources, source);
        let (parts, for_existence) = (parts(source), for_existence(source));
        for found in texts(sources, source) {
            let is = |names: &BTreeSet<&str>| {
                found.constant.as_deref().is_some_and(|constant| names.contains(constant))
            };
            if is(&parts) {
                continue;
            }
            let place = format!("src/store/{}:{}", source.path, found.line);
            all.extend(completed(sources, source, &found).into_iter().map(|sql| {
                let statement = Statement {
                    is_for_existence: is(&for_existence),
                    ..Statement::of(sql, Vec::new())
                };
                (place.clone(), statement)
            }));
        }
        let place = format!("src/store/{}, a list", source.path);
        let lists = lists::statements(sources, source).into_iter();
        all.extend(lists.map(|statement| (place.clone(), statement)));
    }
    all
}

fn on_one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text begins with a pattern, or is it. A pattern of a part ends in `*`.
fn is_like(sql: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(sql == pattern, |beginning| sql.starts_with(beginning))
}

/// An empty database with our tables.
fn database() -> Client {
    let address = postgres::new_database();
    let variables = [("DB_CONNECTION_STRING", address.as_str())];
    let settings = Settings::read(&Environment::from_pairs(&variables)).expect("valid settings");
    drop(Store::open(&settings.database).expect("a database"));
    postgres::connect(&address)
}

#[test]
fn postgres_prepares_every_statement_with_the_types_that_we_bind() {
    let sources = Sources::read();
    let statements = statements(&sources);
    assert!(statements.len() > 900, "only {} statements were found", statements.len());
    let mut client = database();

    let faults = statements.iter().filter_map(|(place, statement)| {
        let fault = statement.fault(&mut client)?;
        Some(format!("{place}: {fault}, in {}", on_one_line(&statement.sql)))
    });
    let faults: Vec<_> = faults.collect();

    assert!(
        faults.is_empty(),
        "PostgreSQL fails {} statements:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// The shapes that failed only there before this test was written.
#[test]
fn a_smaller_type_that_postgres_infers_is_found() {
    let mut client = database();
    for (sql, told) in [
        ("DELETE FROM sessions WHERE expires_at <= ?1 - 3600", Some("?1 is int4")),
        (
            "UPDATE clients SET name = ?2, requires_dpop = CASE WHEN ?3 = 1 THEN 1 ELSE requires_dpop END WHERE id = ?1",
            Some("?3 is int4"),
        ),
        ("DELETE FROM sessions WHERE expires_at <= CAST(?1 AS BIGINT) - 3600", None),
        ("SELECT 1 FROM users WHERE id = ?1", Some("the column ?column? is int4")),
        ("SELECT SUM(created_at) FROM users", Some("the column sum is numeric")),
        ("SELECT id FROM users WHERE nothing = ?1", Some("column \"nothing\" does not exist")),
    ] {
        let fault = Statement::of(sql.to_owned(), Vec::new()).fault(&mut client);
        match told {
            None => assert_eq!(fault, None, "{sql}"),
            Some(told) => assert!(fault.is_some_and(|fault| fault.starts_with(told)), "{sql}"),
        }
    }
}
