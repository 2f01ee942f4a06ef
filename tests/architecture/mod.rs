//! The direction of dependencies, as `ARCHITECTURE.md` draws it. Arrows never point upward.

mod comments;
mod definitions;
mod imports;
mod parameters;
mod source;

use std::collections::BTreeMap;

use comments::{comments, is_riddle};
use definitions::public_types;
use imports::{Imports, find_cycle};
use parameters::functions_with_tuples;
use source::{sources, tokens};

/// The folders that the modules of each folder may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("crypto", &[]),
    ("model", &["crypto"]),
    ("settings", &["crypto", "model"]),
    ("oidc", &["crypto", "model"]),
    ("outbound", &["crypto", "model"]),
    ("forward_auth", &["model"]),
    ("ssh", &["crypto", "model"]),
    ("geography", &["model", "settings"]),
    ("store", &["crypto", "model"]),
    ("encryption_key", &["crypto", "model", "settings", "store"]),
    ("directory", &["crypto", "model", "operations", "outbound", "store"]),
    (
        "doctor",
        &[
            "crypto",
            "directory",
            "encryption_key",
            "geography",
            "model",
            "operations",
            "outbound",
            "settings",
            "store",
        ],
    ),
    ("backup", &["crypto", "encryption_key", "model", "outbound", "settings", "store"]),
    ("operations", &["crypto", "model", "store"]),
    ("scim", &["crypto", "model"]),
    ("provisioning", &["crypto", "model", "operations", "outbound", "scim", "store"]),
    ("webhooks", &["crypto", "model", "operations", "outbound"]),
    ("configuration", &["crypto", "model", "operations", "store"]),
    (
        "server",
        &[
            "backup",
            "configuration",
            "crypto",
            "directory",
            "doctor",
            "encryption_key",
            "forward_auth",
            "geography",
            "model",
            "oidc",
            "operations",
            "outbound",
            "provisioning",
            "recipe",
            "scim",
            "settings",
            "ssh",
            "store",
            "webhooks",
        ],
    ),
    ("pocket_id", &["crypto", "model", "store"]),
    ("recipe", &["crypto", "model"]),
    (
        "cli",
        &[
            "backup",
            "configuration",
            "crypto",
            "directory",
            "doctor",
            "encryption_key",
            "forward_auth",
            "model",
            "operations",
            "outbound",
            "pocket_id",
            "provisioning",
            "recipe",
            "server",
            "settings",
            "ssh",
            "store",
            "webhooks",
        ],
    ),
];

/// Where a crate may be named.
const HOME_OF_CRATE: &[(&str, &[&str])] = &[
    ("askama", &["server"]),
    ("basic_toml", &["recipe"]),
    ("bcrypt", &["crypto"]),
    ("clap", &["cli"]),
    ("comfy_table", &["cli"]),
    ("csscolorparser", &["server/pages"]),
    ("dialoguer", &["cli"]),
    (
        "flate2",
        &[
            "server/assets/mod.rs",
            "server/http/compression.rs",
            "server/http/response.rs",
            "server/location/archive.rs",
            "server/openapi.rs",
        ],
    ),
    ("hyper", &["outbound", "server"]),
    ("hyper_util", &["outbound", "server"]),
    // `model/mod.rs` has a module of this name.
    ("image", &["model/mod.rs", "model/profile_picture.rs"]),
    ("indicatif", &["cli"]),
    ("ldap3", &["outbound/ldap"]),
    ("maxminddb", &["geography"]),
    ("matchit", &["server/route/router.rs"]),
    ("multer", &["server/http/upload.rs"]),
    ("opentelemetry", &["server/traces"]),
    ("opentelemetry_http", &["server/traces"]),
    ("opentelemetry_otlp", &["server/traces"]),
    ("opentelemetry_sdk", &["server/traces"]),
    ("png", &["server/avatar/encode.rs", "server/built_in_images.rs"]),
    ("postgres", &["store"]),
    ("ring", &["crypto"]),
    ("rmpv", &["pocket_id"]),
    ("rsa", &["crypto"]),
    ("rusqlite", &["store"]),
    ("sha3", &["crypto"]),
    ("signature", &["crypto"]),
    ("ssh_key", &["crypto"]),
    (
        "rustix",
        &[
            "cli/container.rs",
            "server/backups/target.rs",
            "server/connections/open_files.rs",
            "server/location/download.rs",
            "server/pictures/confine.rs",
            "store",
        ],
    ),
    ("rusty_s3", &["backup"]),
    ("rustls", &["crypto", "outbound", "store/postgres"]),
    ("scrypt", &["crypto"]),
    ("tokio_postgres_rustls", &["store/postgres"]),
    ("tracing_opentelemetry", &["server/traces"]),
    ("saphyr_parser", &["configuration/document", "recipe/tests.rs"]),
    ("webauthn_rs_core", &["server/passkey", "model/passkey.rs"]),
    ("x509_parser", &["crypto"]),
];

/// Functions of the store that write what an operation owns, and who else may call them: an import writes in bulk into
/// an empty database.
const OWNED_BY_OPERATIONS: &[(&str, &[&str])] = &[
    ("api_keys::insert", &["cli/import/write.rs"]),
    ("apis::delete_grant", &[]),
    ("apis::delete_permission", &[]),
    // And those of permissions and grants.
    ("apis::insert", &["cli/import/write.rs"]),
    ("apis::open_to_metadata_clients", &[]),
    ("apis::rename", &[]),
    ("apis::update_permission", &[]),
    ("client_changes::", &[]),
    ("client_metadata_documents::save", &["cli/import/write.rs"]),
    ("clients::insert", &["cli/import/write.rs"]),
    ("clients::update_claim_rules", &[]),
    ("clients::update_from_metadata", &[]),
    ("images::delete_client_logo", &[]),
    ("images::set_client_logo", &["cli/import/write.rs"]),
    ("ssh_accounts::insert", &[]),
    ("ssh_ca_keys::insert", &[]),
    ("ssh_certificates::insert", &[]),
    ("ssh_users::confirm", &[]),
    ("ssh_users::note_name", &[]),
    ("ssh_users::withdraw", &[]),
];

/// Types of the same name in several modules, and why.
const SHARED_NAMES: &[(&str, &str)] = &[
    ("Bulk", "one of each database engine, named as `postgres::Bulk` and `sqlite::Bulk`"),
    ("ServerClaim", "one of each database engine, and the one of either"),
    ("Unseen", "progress that is ignored, and an address that cannot be checked"),
];

/// One in this many comments may have a clause in the place of a noun; some sentences need it.
const COMMENTS_PER_RIDDLE: usize = 100;

/// The longest file, in lines.
const MAX_LINES: usize = 500;

#[test]
fn no_folder_imports_upward() {
    for (path, text) in sources() {
        let folder = path.split('/').next().unwrap_or_default();
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == folder) else {
            continue;
        };
        for import in words_after(&text, "crate::") {
            let is_known = MAY_IMPORT.iter().any(|(name, _)| *name == import);
            assert!(
                !is_known || import == folder || allowed.contains(&import.as_str()),
                "{path} imports {import}"
            );
        }
    }
}

#[test]
fn every_folder_of_the_source_has_its_place() {
    for (path, _) in sources() {
        let folder = path.split('/').next().unwrap_or_default();
        let is_root = matches!(folder, "lib.rs" | "main.rs");
        let is_known = MAY_IMPORT.iter().any(|(name, _)| *name == folder);
        assert!(is_root || is_known, "{path}");
    }
}

#[test]
fn each_library_is_known_in_its_home_only() {
    for (path, text) in sources() {
        let tokens = tokens(&text);
        for (name, homes) in HOME_OF_CRATE {
            let is_named = tokens
                .windows(3)
                .any(|three| three[0] != "::" && three[1] == *name && three[2] == "::");
            let is_home = homes.iter().any(|home| path.starts_with(home));
            assert!(!is_named || is_home, "{path} names {name}");
        }
    }
}

#[test]
fn what_an_operation_owns_is_written_by_operations_only() {
    let is_door =
        |path: &str| ["cli/", "pocket_id/", "server/"].iter().any(|d| path.starts_with(d));
    for (path, text) in sources().into_iter().filter(|(path, _)| is_door(path)) {
        for (function, others) in OWNED_BY_OPERATIONS {
            let is_called = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| line.contains(function));
            assert!(!is_called || others.contains(&path.as_str()), "{path} calls {function}");
        }
    }
}

/// Decoders do not always keep to their limits, so only a process that has bounded itself runs them.
#[test]
fn uploads_are_decoded_in_a_process_of_their_own_only() {
    for (path, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_home = matches!(&*path, "cli/decode_picture.rs" | "model/profile_picture.rs");
        assert!(is_home || !code.contains("::from_upload("), "{path} decodes an upload");
    }
}

/// While the server waits for a body, its sender may lose the role: `act` asks again in the transaction, and `finish`
/// goes on after `act` has decided.
#[test]
fn what_an_administrator_asks_for_is_written_by_act_only() {
    for (path, text) in sources() {
        if !text.contains("require_admin()") || path.starts_with("server/http/") {
            continue;
        }
        for way in [".write(", "write_blocking(", " keys::rotate(", "By::new("] {
            assert!(!text.contains(way), "{path} writes with {way}");
        }
        let acts_first = text.find(".act(").is_some_and(|act| Some(act) < text.find(".finish("));
        assert!(!text.contains(".finish(") || acts_first, "{path} finishes what nobody decided");
    }
}

#[test]
fn no_file_is_longer_than_a_person_reads() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{path} has {lines} lines");
    }
}

#[test]
fn no_two_modules_define_a_type_of_the_same_name() {
    let mut modules: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources() {
        if path.contains("/tests") {
            continue;
        }
        for name in public_types(&text) {
            let paths = modules.entry(name).or_default();
            // A file may define a type twice, for two kinds of builds.
            if !paths.contains(&path) {
                paths.push(path.clone());
            }
        }
    }
    modules.retain(|_, paths| paths.len() > 1);
    for (name, reason) in SHARED_NAMES {
        assert!(modules.remove(*name).is_some(), "one module has {name}, no longer {reason}");
    }
    assert!(modules.is_empty(), "say of what: {modules:#?}");
}

#[test]
fn a_type_that_other_modules_can_reach_is_found() {
    let code = "pub struct A; struct B; pub(in crate::a) enum C { D }
        #[derive(Debug, clap::Args)] #[command(name = \"e\")] pub struct E {}
        #[derive(Debug)] /// struct F pub
        pub trait G {} #[cfg(test)] mod tests { pub struct H; }";
    assert_eq!(public_types(code), ["A", "C", "G"]);
}

/// A tuple says neither what its parts are, nor in which order they come.
#[test]
fn no_function_takes_a_tuple() {
    let found = sources().into_iter().flat_map(|(path, text)| {
        functions_with_tuples(&text).into_iter().map(move |name| format!("{path} {name}"))
    });
    let found: Vec<_> = found.collect();
    assert_eq!(found, [""; 0], "a struct names the parts");
}

#[test]
fn a_tuple_as_a_parameter_is_found() {
    let code = "fn a((b, c): (B, C)) {} fn d(e: &(E, E), f: F) {} fn g<H: Fn(I) -> J>(k: (K, H)) {}
        fn l(&mut self, m: &[(M, M)], n: impl Fn(N, N) -> (N, N), o: (), p: Vec<(P, P)>) -> (Q, Q) {}
        type R = fn((R, R)); fn s(t: T) { t.map(|(u, v): (U, V)| u) } fn w(x: X, (y, z): Y) {}";
    assert_eq!(functions_with_tuples(code), ["a", "d", "g", "w"]);
}

#[test]
fn comments_name_what_they_are_about() {
    let mut count = 0;
    let mut riddles = Vec::new();
    for (path, text) in sources() {
        for comment in comments(&text) {
            count += 1;
            if is_riddle(&comment.text) {
                riddles.push(format!("{path}:{}: {}", comment.line, comment.text));
            }
        }
    }
    let is_rare = riddles.len() * COMMENTS_PER_RIDDLE < count;
    assert!(is_rare, "{} of {count} comments:\n{}", riddles.len(), riddles.join("\n"));
}

#[test]
fn a_comment_that_names_nothing_is_found() {
    let code = "/// What is over.\n/// Is it?\nfn a() {}\n    // Deletes expired rows.\n//! For whoever asks.";
    let found: Vec<_> =
        comments(code).iter().map(|comment| (comment.line, is_riddle(&comment.text))).collect();
    assert_eq!(found, [(1, true), (4, false), (5, true)]);
    for riddle in ["What follows from it.", "Removes what is over.", "Somebody who reads it"] {
        assert!(is_riddle(riddle), "{riddle}");
    }
    for plain in ["What if it fails?", "Says what the field holds", "Users who signed in"] {
        assert!(!is_riddle(plain), "{plain}");
    }
}

/// The words that follow a prefix, also inside `use crate::{a, b::c}`.
fn words_after(text: &str, prefix: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (position, _) in text.match_indices(prefix) {
        let rest = &text[position + prefix.len()..];
        match rest.strip_prefix('{') {
            None => words.push(word(rest)),
            Some(group) => words.extend(top_level_items(group).iter().map(|item| word(item))),
        }
    }
    words
}

fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The items of a `{...}` group, up to its end.
fn top_level_items(group: &str) -> Vec<String> {
    let (mut depth, mut items) = (0_u32, vec![String::new()]);
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => items.push(String::new()),
            c => {
                depth = match c {
                    '{' => depth + 1,
                    '}' => depth - 1,
                    _ => depth,
                };
                items.last_mut().expect("an item").push(c);
            }
        }
    }
    items
}

#[test]
fn no_file_imports_itself_through_others() {
    let cycle = find_cycle(&Imports::of(&sources()).edges());
    assert!(cycle.is_none(), "{}", cycle.unwrap_or_default().join("\n  imports "));
}

#[test]
fn a_cycle_is_found_through_re_exports_and_inline_paths() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let files = [
        file("lib.rs", "mod a;"),
        file("a/mod.rs", "mod b; mod c; pub use b::B; fn helper() {}"),
        file("a/b.rs", "use super::c; pub struct B; fn f() { c::call(\"crate::a::helper\") }"),
        file("a/c.rs", "use super::B; pub fn call() { /* super::helper() */ }"),
    ];
    assert_eq!(find_cycle(&Imports::of(&files).edges()).unwrap(), ["a/b.rs", "a/c.rs", "a/b.rs"]);
    let child = file("a/c.rs", "pub fn call() { super::helper() }");
    let parent = file("a/mod.rs", "mod b; mod c; pub use b::B; fn helper() { c::call() }");
    let files = [&files[..1], &[parent, child]].concat();
    assert_eq!(find_cycle(&Imports::of(&files).edges()).unwrap(), ["a/c.rs", "a/mod.rs", "a/c.rs"]);
    let child = file("a/c.rs", "#[cfg(test)] mod tests { use super::super::helper; }");
    assert!(
        find_cycle(&Imports::of(&[files[..2].to_vec(), vec![child]].concat()).edges()).is_none()
    );
}

/// A parameter hides what a page calls the same: the field `name` of a page was shown as the text "name" once.
#[test]
fn the_parameters_of_macros_in_templates_have_names_that_no_page_has() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/pages");
    let mut macros = 0;
    for name in ["fields.html", "parts.html"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        for line in text.lines().filter(|line| line.contains("{%- macro ")) {
            let (_, parameters) = line.split_once('(').unwrap();
            let (parameters, _) = parameters.split_once(')').unwrap();
            for parameter in parameters.split(", ").filter(|parameter| !parameter.is_empty()) {
                assert!(parameter.starts_with("its_"), "{name}: {line}");
            }
            macros += 1;
        }
    }
    assert!(macros > 20, "{macros}");
    for (path, source) in sources() {
        let is_field = path.starts_with("server/pages") && source.contains(" its_");
        assert!(!is_field, "{path} has a name that begins with its_");
    }
}
