//! The help of the whole program: its commands in groups.

use std::fmt::Write as _;

use clap::{Command, builder::Styles};

use super::{column::GAP, page, wrap};

/// The widest help, as for the commands (`max_term_width`).
const MAX_WIDTH: usize = 100;

/// The commands, in groups and in the order in which they are needed.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "People",
        &[
            "setup",
            "user",
            "recover",
            "signup-token",
            "group",
            "service",
            "passkey",
            "session",
            "ldap",
        ],
    ),
    ("Applications", &["client", "registration", "api", "protect", "ssh", "scim", "grant"]),
    (
        "Server",
        &[
            "serve",
            "doctor",
            "healthcheck",
            "config",
            "mail",
            "audit",
            "webhook",
            "api-key",
            "keys",
            "rotate-keys",
            "rotate-encryption-key",
        ],
    ),
    ("Data", &["apply", "diff", "export-config", "backup", "restore", "rollback", "import"]),
    ("This program", &["version", "completions", "man", "help"]),
];

/// The help that clap adds, which is not among the commands before they are built.
const HELP: (&str, &str) = ("help", "Print this message or the help of a command");

/// Lists the commands of the program in groups.
pub fn grouped(root: Command) -> Command {
    let template = template(&root, page::width_of_stdout().min(MAX_WIDTH));
    root.help_template(template)
}

fn template(root: &Command, width: usize) -> String {
    let styles = root.get_styles();
    let header = |title: &str| {
        let style = styles.get_header();
        format!("{style}{title}:{style:#}\n")
    };
    let mut groups = String::new();
    for (title, names) in GROUPS {
        groups += &header(title);
        for name in *names {
            groups += &line(root, styles, name, width);
        }
        groups.push('\n');
    }
    let options = header("Options");
    format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{options}{{options}}{{after-help}}"
    )
}

/// A command and what it is for.
fn line(root: &Command, styles: &Styles, name: &str, width: usize) -> String {
    let longest = GROUPS.iter().flat_map(|(_, names)| *names).map(|name| name.len()).max();
    let longest = longest.unwrap_or_default();
    let about = match root.find_subcommand(name) {
        Some(command) => command.get_about().map(ToString::to_string).unwrap_or_default(),
        None => HELP.1.to_owned(),
    };
    let about = wrap::hanging(&about, longest + 2 * GAP, width);
    let style = styles.get_literal();
    let mut line = String::new();
    let _ = writeln!(line, "  {style}{name}{style:#}{:1$}  {about}", "", longest - name.len());
    line
}

#[cfg(test)]
mod tests {
    use super::{super::args::command, *};

    #[test]
    fn every_command_is_in_one_group() {
        let shown = command();
        let shown = shown.get_subcommands().filter(|one| !one.is_hide_set());
        let mut names: Vec<_> = shown.map(Command::get_name).chain([HELP.0]).collect();
        let mut grouped: Vec<_> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        names.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(grouped, names);
    }
}
