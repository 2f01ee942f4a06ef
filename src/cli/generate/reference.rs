//! The help of all commands, in one document.

use clap::{Arg, Command};

const HEAD: &str = "\
# Commands

What `pocketid COMMAND --help` prints, for each command. The global options, which all of them have, are
shown once. `make generate` writes this page.
";

/// The reference as Markdown.
pub fn markdown(mut root: Command) -> String {
    root.build();
    let (mut contents, mut sections) = (String::new(), String::new());
    collect(&mut root, 0, &mut contents, &mut sections);
    format!("{HEAD}\n{contents}{sections}")
}

fn collect(command: &mut Command, depth: usize, contents: &mut String, sections: &mut String) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let indent = "  ".repeat(depth);
    contents.push_str(&format!("{indent}- [`{name}`](#{}) {about}\n", name.replace(' ', "-")));
    let help = command.render_long_help().to_string();
    let lines: String =
        help.trim_end().lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    sections.push_str(&format!("\n## `{name}`\n\n```text\n{lines}```\n"));
    for command in command.get_subcommands_mut() {
        *command = std::mem::take(command).mut_args(without_globals);
        collect(command, depth + 1, contents, sections);
    }
}

fn without_globals(arg: Arg) -> Arg {
    let is_global = arg.is_global_set();
    arg.hide(is_global)
}
