use std::{collections::BTreeSet, path::Path};

use saphyr_parser::{Event, Parser};
use serde_json::Value;

use self::readers::{agreed_values, docker_values};
use super::{built_in::BUILT_IN, *};
use crate::model::{Endpoints, ScopeToken};

mod readers;

/// A value that needs escaping in every format that has escapes.
const NASTY: &str = r#"it's "a" \ test"#;

fn render(recipe: &Recipe, client_id: &str, secret: Option<&str>) -> Option<String> {
    let address: AppAddress = "https://app.example.com/base".parse().unwrap();
    let endpoints = Endpoints::new("https://id.example.com", "http://inside:1411");
    let values = Values {
        client_id,
        client_secret: secret,
        random: secret,
        address: &address,
        endpoints: &endpoints,
    };
    recipe.settings(&values).unwrap()
}

/// Parses a text in its format, and returns its values. For scripting languages only strings and
/// brackets are checked.
fn values_in(format: Format, text: &str) -> Result<Vec<String>, String> {
    format.check(text)?;
    match format {
        Format::Env => Ok(docker_values(text)),
        Format::Fields => fields(text),
        Format::Ini => ini(text),
        Format::Json => serde_json::from_str(text).map(|json| texts(&json)).map_err(one_line),
        Format::Toml => basic_toml::from_str(text).map(|toml| texts(&toml)).map_err(one_line),
        Format::Yaml => yaml(text),
        Format::Javascript | Format::Php | Format::Python | Format::Ruby => script(text),
    }
}

fn texts(tree: &Value) -> Vec<String> {
    match tree {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

fn yaml(text: &str) -> Result<Vec<String>, String> {
    let mut values = Vec::new();
    for event in Parser::new_from_str(text) {
        if let (Event::Scalar(value, ..), _) = event.map_err(one_line)? {
            // Argo CD has YAML nested in YAML.
            values.extend(if value.contains('\n') {
                yaml(&value)?
            } else {
                vec![value.into_owned()]
            });
        }
    }
    Ok(values)
}

fn fields(text: &str) -> Result<Vec<String>, String> {
    let value = |(index, line): (usize, &str)| {
        let field = line.strip_prefix(&format!("{}. ", index + 1))?;
        Some(field.split_once(": ")?.1.to_owned())
    };
    text.lines().enumerate().map(value).collect::<Option<_>>().ok_or_else(|| text.to_owned())
}

fn ini(text: &str) -> Result<Vec<String>, String> {
    // Dovecot's sections are in braces.
    let is_section = |line: &str| line.starts_with('[') || line.ends_with('{') || line == "}";
    let lines = text.lines().filter(|line| !is_section(line));
    let value = |line: &str| line.split_once(" = ").map(|(_, value)| value.to_owned());
    lines.map(|line| value(line).ok_or_else(|| line.to_owned())).collect()
}

fn script(text: &str) -> Result<Vec<String>, String> {
    let (mut open, mut values, mut chars) = (Vec::new(), Vec::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(c) => return Err(format!("{c} closes nothing")),
            '"' | '`' | '\n' if c != '\n' => return Err("only single quotes are escaped".into()),
            '\'' => {
                let mut value = String::new();
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some('\\') => value.extend(chars.next()),
                        None | Some('\n') => return Err(format!("'{value} is not closed")),
                        Some(c) => value.push(c),
                    }
                }
                values.push(value);
            }
            _ => {}
        }
    }
    if open.is_empty() { Ok(values) } else { Err(format!("{open:?} are missing")) }
}

#[test]
fn the_recipes_of_the_folder_are_in_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes");
    let files = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    let files: BTreeSet<String> = files.map(|file| file.into_string().unwrap()).collect();
    let mut known: Vec<String> = BUILT_IN.iter().map(|(name, _)| format!("{name}.toml")).collect();
    assert!(known.is_sorted());
    assert!(known.len() >= 50);
    known.push("README.md".into());
    assert_eq!(files, known.into_iter().collect());
}

#[test]
fn every_recipe_is_pasted_in_the_language_that_it_claims() {
    for (name, text) in BUILT_IN {
        let recipe = Recipe::parse(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let id = if recipe.format.is_by_line() { "client-1" } else { NASTY };
        let pasted = render(&recipe, id, Some("s3cret")).unwrap();

        let values = match recipe.format {
            // Removes the line numbers.
            Format::Fields => fields(&pasted),
            Format::Env => Ok(readers::agreed_values(name, recipe.reader.unwrap(), &pasted)),
            format => values_in(format, &pasted),
        };

        let values = values.unwrap_or_else(|what| panic!("{name}: {what}\n{pasted}"));
        let has = |wanted: &str| values.iter().any(|value| value == wanted);
        let has_within = |wanted: &str| values.iter().any(|value| value.contains(wanted));
        let is_in = has(id) || has_within(&format!("\"{id}\"")) || has_within("//client-1:");
        assert!(is_in, "{name}: {values:?}");
        assert_eq!(has_within("s3cret"), !recipe.public, "{name}: {pasted}");
        let is_told_of_us = has_within("https://id.example.com") || has_within("@inside:1411/");
        assert!(is_told_of_us, "{name}: {pasted}");
        assert!(!pasted.contains("{client") && !pasted.contains("{url"), "{name}: {pasted}");
    }
}

#[test]
fn every_recipe_can_be_registered() {
    let address: AppAddress = "https://app.example.com:8443".parse().unwrap();
    for (name, text) in BUILT_IN {
        let recipe = Recipe::parse(text).unwrap();
        assert!(recipe.redirect_uris(&address).is_ok(), "{name}");
        assert!(recipe.post_logout_redirect_uris(&address).is_ok(), "{name}");
        assert!(recipe.documentation.starts_with("https://"), "{name}");
        assert!(recipe.scopes.contains(&"openid".to_owned()), "{name}");
        for scope in &recipe.scopes {
            assert!(ScopeToken::BUILT_IN.contains(&scope.as_str()), "{name} asks for {scope}");
        }
    }
}

/// An administrator may later follow the application's documentation and switch PKCE off; sign-ins
/// must still work then.
#[test]
fn pkce_is_demanded_only_where_the_application_cannot_switch_it_off() {
    for (name, text) in BUILT_IN {
        let recipe = Recipe::parse(text).unwrap();
        let settings = recipe.settings.to_lowercase();
        let has_switch = settings.contains("pkce") || settings.contains("challenge");
        assert!(!(recipe.pkce && has_switch), "{name}");
    }
}

#[test]
fn every_recipe_says_what_it_was_compared_with_and_when() {
    for (name, text) in BUILT_IN {
        let recipe = Recipe::parse(text).unwrap();
        assert!(recipe.checked_against.is_some() && recipe.checked_on.is_some(), "{name}");
        assert_eq!(recipe.reader.is_some(), recipe.format == Format::Env, "{name}");
    }
}

#[test]
fn the_looks_from_afar_see_what_is_broken() {
    for broken in ["f('a)", "f('a'", "f('a'])", "f(\"a\")", "'a\nb'"] {
        assert!(script(broken).is_err(), "{broken}");
    }
    assert_eq!(script(r"f('it\'s', ['a\\b'])").unwrap(), ["it's", r"a\b"]);
    assert!(yaml("a: \"b").is_err());
    assert!(values_in(Format::Env, "A=1\n# b").is_err());
    assert!(values_in(Format::Json, "{\"a\": 1,}").is_err());
    assert!(values_in(Format::Toml, "a = b").is_err());
    assert!(ini("[a]\nb").is_err());
}

fn recipe(rest: &str) -> String {
    format!(
        "title = \"App\"\ndocumentation = \"https://app.example.com\"\ninto = \"its file\"\n{rest}"
    )
}

#[test]
fn a_value_is_escaped_as_the_language_has_it() {
    for (format, template) in [
        ("json", r#"{"id": "{client_id}"}"#),
        ("toml", r#"id = "{client_id}""#),
        ("yaml", r#"id: "{client_id}""#),
        ("php", "define('ID', '{client_id}');"),
        ("python", "ID = '{client_id}'"),
        ("ruby", "id = '{client_id}'"),
        ("javascript", "const id = '{client_id}';"),
    ] {
        let text = recipe(&format!("format = \"{format}\"\nsettings = '''{template}'''"));
        let recipe = Recipe::parse(&text).unwrap_or_else(|fault| panic!("{format}: {fault}"));
        let pasted = render(&recipe, NASTY, None).unwrap();
        assert!(values_in(recipe.format, &pasted).unwrap().contains(&NASTY.into()), "{pasted}");
    }
}

#[test]
fn what_no_language_can_hold_is_refused() {
    for (format, value) in [
        (Format::Env, "a b"),
        (Format::Env, "a$b"),
        (Format::Ini, "a;b"),
        (Format::Ini, "a#b"),
        (Format::Fields, "a\nb"),
        (Format::Json, "a\u{7f}b"),
        (Format::Php, "a\0b"),
    ] {
        assert!(format.escape(value).is_err(), "{format:?} {value:?}");
    }
}

/// An incomplete configuration is not printed; some formats allow leaving out whole lines.
#[test]
fn without_a_secret_its_line_is_left_out_or_there_is_nothing() {
    let env =
        recipe("format = \"env\"\nsettings = \"A={client_id}\\nB={client_secret}\\nC={random}\"");
    assert_eq!(render(&Recipe::parse(&env).unwrap(), "id", None).unwrap(), "A=id");
    let ini = recipe("format = \"ini\"\nsettings = \"[auth]\\na = {host}\\nb = {client_secret}\"");
    let pasted = render(&Recipe::parse(&ini).unwrap(), "id", None).unwrap();
    assert_eq!(values_in(Format::Ini, &pasted).unwrap(), ["app.example.com"]);
    let yaml = recipe("format = \"yaml\"\nsettings = 'a: \"{client_secret}\"'");
    assert_eq!(render(&Recipe::parse(&yaml).unwrap(), "id", None), None);
}

#[test]
fn braces_of_the_language_are_no_placeholders() {
    let text = recipe("format = \"ruby\"\nsettings = \"a = [{ b: '{url}' }, {}, { c: {} }]\"");
    let pasted = render(&Recipe::parse(&text).unwrap(), "id", None).unwrap();
    assert_eq!(pasted, "a = [{ b: 'https://app.example.com/base' }, {}, { c: {} }]");
}

/// Argo CD has `{{token}}` in its logout URL, Synapse `{{ user.name }}`.
#[test]
fn templates_of_the_application_are_no_placeholders() {
    let text = recipe("format = \"yaml\"\nsettings = 'a: \"{url}?t={{token}}&u={{ user.name }}\"'");
    let pasted = render(&Recipe::parse(&text).unwrap(), "id", None).unwrap();
    assert_eq!(pasted, "a: \"https://app.example.com/base?t={{token}}&u={{ user.name }}\"");
}

#[test]
fn a_fault_is_told_with_its_place() {
    let fault = |text: &str| Recipe::parse(text).unwrap_err().to_string();
    let env = "format = \"env\"\nsettings = ";
    for (text, told) in [
        ("title = \"App".to_owned(), "line 1, column 9: unterminated string"),
        (recipe("pkce = 1\nformat = \"env\"\nsettings = \"A=1\""), "line 4, column 8: "),
        (recipe("colour = \"red\""), "line 4, column 1: unknown field `colour`, expected one of"),
        (recipe(""), "missing field `format`"),
        (recipe("format = \"xml\""), "line 4, column 10: unknown variant `xml`, expected one of"),
        (
            recipe(&format!("{env}\"A={{secret}}\"")),
            "line 5, column 15: unknown placeholder {secret}; there are {client_id}, ",
        ),
        (recipe(&format!("{env}\"A B\"")), "line 5, column 1: `A B` in the settings is not NAME="),
        (recipe(&format!("{env}\"\"")), "line 5, column 1: there are no settings to paste"),
        (
            recipe(&format!("callbacks = [\"/a\", \"b c\"]\n{env}\"A=1\"")),
            "line 4, column 20: `b c`: it contains white space",
        ),
        (
            recipe(&format!("backchannel_logout = \"x\"\n{env}\"A=1\"")),
            "line 4, column 22: `x` is not a path",
        ),
        (
            recipe(&format!("public = true\n{env}\"A=1\"")),
            "line 4, column 1: a public client needs callbacks",
        ),
        (
            recipe(&format!("public = true\ncallbacks = [\"/\"]\n{env}\"A={{client_secret}}\"")),
            "line 7, column 15: a public client has no secret",
        ),
        (
            recipe(&format!("checked_on = \"2026-13-01\"\n{env}\"A=1\"")),
            "line 4, column 1: `2026-13-01` is not a day",
        ),
        (
            recipe(&format!("checked_on = \"2026-11-28\"\n{env}\"A=1\"")),
            "line 4, column 1: checked_against is missing",
        ),
        (
            recipe(&format!("checked_against = \"its page\"\n{env}\"A=1\"")),
            "line 4, column 19: `its page` is not the address",
        ),
        (recipe(&format!("run = \" \"\n{env}\"A=1\"")), "line 4, column 1: run is the version"),
        (
            recipe("reader = \"docker\"\nformat = \"ini\"\nsettings = \"a = 1\""),
            "line 4, column 1: only settings of the format env have a reader",
        ),
        (
            recipe(&format!("reader = \"docker\"\n{env}\"A=b $c\"")),
            "line 6, column 1: the value of A cannot be written for a reader docker",
        ),
        (
            recipe("format = \"json\"\nsettings = \"{\""),
            "line 5, column 1: the settings are not JSON: EOF",
        ),
    ] {
        assert!(fault(&text).starts_with(told), "{told}: {}", fault(&text));
    }
}

/// The constant values of a recipe, without quotes.
fn plain_values(recipe: &Recipe) -> Vec<String> {
    let template = recipe.settings.trim_matches('\n').lines();
    let values = template.map(|line| line.split_once('=').expect("NAME=value").1);
    values.filter(|value| !value.contains('{')).map(str::to_owned).collect()
}

#[test]
fn each_reader_gets_the_values_that_the_recipe_has() {
    let mut count = 0;
    for (name, text) in BUILT_IN {
        let recipe = Recipe::parse(text).unwrap();
        let Some(reader) = recipe.reader else { continue };
        let pasted = render(&recipe, "client-1", Some("s3cret")).unwrap();

        let values = agreed_values(name, reader, &pasted);

        for value in plain_values(&recipe) {
            assert!(values.contains(&value), "{name}: {value} is not among {values:?}");
        }
        count += 1;
    }
    assert!(count >= 15);
}
