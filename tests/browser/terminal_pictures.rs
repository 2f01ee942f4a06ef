//! Pictures of the terminal, for README and the documents: `make pictures`.

use std::{fmt::Write as _, fs, path::PathBuf};

use crate::support::{browser::Browser, cli::Cli};

/// The pictures, by name, and the commands that they show.
const COMMANDS: &[(&str, &str)] = &[
    ("help", "--help"),
    ("recipe", "client create Linkding --recipe linkding --url https://links.example.com"),
    ("user-list", "user list"),
    ("doctor", "doctor"),
];
const COLUMNS: u16 = 80;

/// A window of a terminal in the page.
const STYLE: &str = "body { margin: 0; padding: 20px 24px; background: #0f1413; color: #dfe7e4; \
    font: 15px/1.45 'DejaVu Sans Mono', monospace } pre { margin: 0; font: inherit } \
    .c1 { font-weight: bold } .c2 { opacity: .65 } .c31 { color: #ff8a80 } .c32 { color: #63cbb5 } \
    .c33 { color: #f2c14e } .c34 { color: #8ab4f8 } .c35 { color: #d7a6ff } .c36 { color: #6fd3e8 }";

#[test]
#[ignore = "pictures are for people: make pictures"]
fn terminal() {
    let folder = PathBuf::from(std::env::var("POCKETID_PICTURES").expect("a folder"));
    fs::create_dir_all(&folder).expect("the folder");
    let cli = Cli::new()
        .with("APP_URL", "https://id.example.com")
        .with("TRUST_PROXY", "127.0.0.1")
        .with("LANG", "C.UTF-8");
    for line in [
        "user add ada --admin --email ada@example.com",
        "user add grace --email grace@example.com",
        "group create family",
    ] {
        cli.run(line).expect_success();
    }
    let page = Browser::page();
    page.set_viewport(820, 200, false);
    for (name, line) in COMMANDS {
        let shown = cli.run_on_terminal_of(COLUMNS, line, "").stdout;
        let html = format!("<style>{STYLE}</style><pre>$ pocketid {line}\n{}</pre>", html(&shown));
        let file = folder.join(format!("{name}.html"));
        fs::write(&file, html).expect("the page");
        page.goto(&format!("file://{}", file.display()));
        page.screenshot(folder.join(format!("terminal-{name}.png")));
        fs::remove_file(file).expect("the page is removed");
    }
}

/// The output as HTML: a colour or weight (ECMA-48 SGR) is a span with its number as the class.
fn html(output: &str) -> String {
    let mut html = String::new();
    let mut open = 0;
    let mut parts = output.split("\u{1b}[");
    html.push_str(&escaped(parts.next().unwrap_or_default()));
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(part.len());
        let (codes, text) = part.split_at(end);
        if text.starts_with('m') {
            for code in codes.split(';') {
                if matches!(code, "" | "0") {
                    html.push_str(&"</span>".repeat(std::mem::take(&mut open)));
                } else {
                    write!(html, "<span class=c{code}>").expect("a text");
                    open += 1;
                }
            }
        }
        html.push_str(&escaped(text.get(1..).unwrap_or_default()));
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('\r', "").replace('&', "&amp;").replace('<', "&lt;")
}
