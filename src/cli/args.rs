//! The clap model of the whole program. Here every noun registers its command, so only `mod.rs`, which
//! runs them, imports this file.

use clap::{
    CommandFactory as _, Parser, Subcommand,
    builder::{
        Styles,
        styling::{AnsiColor, Effects},
    },
};

use super::{
    api, api_key, apply, audit, backup, client, config, decode_picture, doctor, error::EXIT_CODES,
    generate, globals::Globals, grant, group, healthcheck, help_groups, import, keys, ldap, legacy,
    mail, passkey, protect, recover, registration, rollback, scim, serve, service, session, setup,
    signup_token, ssh, user, version, webhook, wrap,
};

use crate::server::DECODE_PICTURE;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  pocketid serve                        Answer at APP_URL
  pocketid setup                        Create the first administrator
  pocketid user add alice --login-link  Add a user and print a sign-in link
  pocketid client create Linkding       Register an application
  pocketid recover alice                Print a link for a lost passkey

Settings come from the environment and from the file .env of the working directory; see \
`pocketid serve --help`.";

/// A passkey-only OpenID Connect provider
///
/// People sign in to your applications with passkeys. `pocketid serve` is the server; every other
/// command works on its database directly, whether the server runs or not.
#[derive(Debug, Parser)]
#[command(
    name = "pocketid",
    version,
    after_long_help = format!("{EXAMPLES}\n\nExit codes:\n{EXIT_CODES}"),
    arg_required_else_help = true,
    max_term_width = 100,
    styles = STYLES,
    subcommand_required = true
)]
pub struct Cli {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub command: Command,
}

/// The clap model; help, man pages and completions are generated from it.
pub fn command() -> clap::Command {
    help_groups::grouped(with_flowing_details(with_short_names(Cli::command())))
}

/// Lets the sentences after the options fit the width of any terminal, as clap does with those before them.
fn with_flowing_details(command: clap::Command) -> clap::Command {
    let details = command.get_after_long_help().map(|details| wrap::joined(&details.to_string()));
    let command = match details {
        Some(details) => command.after_long_help(details),
        None => command,
    };
    command.mut_subcommands(with_flowing_details)
}

/// Adds the names that shells have for listing and removing.
fn with_short_names(command: clap::Command) -> clap::Command {
    let command = match command.get_name() {
        "list" => command.alias("ls"),
        "delete" | "remove" => command.alias("rm"),
        _ => command,
    };
    command.mut_subcommands(with_short_names)
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Serve(serve::Serve),
    Setup(setup::Setup),
    Recover(recover::Recover),
    #[command(subcommand)]
    User(user::Command),
    #[command(subcommand)]
    SignupToken(signup_token::Command),
    #[command(subcommand)]
    Group(group::Command),
    #[command(subcommand)]
    Service(service::Command),
    #[command(subcommand)]
    Client(client::Command),
    #[command(subcommand)]
    Api(api::Command),
    #[command(subcommand)]
    Protect(protect::Command),
    #[command(subcommand)]
    Registration(registration::Command),
    #[command(subcommand)]
    Scim(scim::Command),
    #[command(subcommand)]
    ApiKey(api_key::Command),
    #[command(subcommand)]
    Ssh(ssh::Command),
    #[command(subcommand)]
    Passkey(passkey::Command),
    #[command(subcommand)]
    Session(session::Command),
    #[command(subcommand)]
    Grant(grant::Command),
    #[command(subcommand)]
    Keys(keys::Command),
    RotateKeys(keys::rotate::RotateKeys),
    RotateEncryptionKey(keys::rotate_encryption_key::RotateEncryptionKey),
    #[command(subcommand)]
    Config(config::Command),
    #[command(subcommand)]
    Ldap(ldap::Command),
    Apply(apply::Apply),
    Diff(apply::Diff),
    ExportConfig(apply::ExportConfig),
    #[command(subcommand)]
    Mail(mail::Command),
    #[command(subcommand)]
    Audit(audit::Command),
    #[command(subcommand)]
    Webhook(webhook::Command),
    Backup(backup::Backup),
    Restore(backup::restore::Restore),
    Rollback(rollback::Rollback),
    Import(import::Import),
    Doctor(doctor::Doctor),
    Healthcheck(healthcheck::Healthcheck),
    Version(version::Version),
    Completions(generate::Completions),
    Man(generate::Man),
    #[command(hide = true, name = DECODE_PICTURE)]
    DecodePicture(decode_picture::DecodePicture),
    #[command(hide = true)]
    OneTimeAccessToken(legacy::OneTimeAccessToken),
    #[command(hide = true)]
    Export(legacy::Export),
    #[command(hide = true)]
    KeyRotate(legacy::KeyRotate),
    #[command(hide = true)]
    EncryptionKeyRotate(legacy::EncryptionKeyRotate),
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::command;
    use crate::settings::OF_OPTIONS;

    fn variables(command: &clap::Command, found: &mut BTreeSet<String>) {
        let names = command.get_arguments().filter_map(clap::Arg::get_env);
        found.extend(names.map(|name| name.to_str().expect("ASCII").to_owned()));
        command.get_subcommands().for_each(|command| variables(command, found));
    }

    /// Each command, by its whole name.
    fn walk(name: &str, command: &clap::Command, visit: &mut impl FnMut(&str, &clap::Command)) {
        visit(name, command);
        for one in command.get_subcommands() {
            walk(&format!("{name} {}", one.get_name()), one, visit);
        }
    }

    /// Otherwise an option would be answered with "nothing to change".
    #[test]
    fn every_option_of_a_change_counts_as_one() {
        // These choose what is printed and asked.
        const OTHERS: [&str; 5] = ["proxy", "pocketid", "application", "help", "yes"];
        let (mut root, mut groups) = (command(), 0);
        // Options name their groups, which learn of it only then.
        root.build();
        walk("pocketid", &root, &mut |name, command| {
            let Some(group) = command.get_groups().find(|group| group.get_id() == "change") else {
                return;
            };
            groups += 1;
            let listed: BTreeSet<_> = group.get_args().collect();
            let options = command.get_arguments().filter(|arg| !arg.is_positional());
            for option in options.filter(|arg| !arg.is_global_set()) {
                let id = option.get_id();
                assert!(OTHERS.contains(&id.as_str()) || listed.contains(id), "{name} {id}");
            }
        });
        assert!(groups > 6, "{groups}");
    }

    #[test]
    fn add_and_create_and_remove_and_delete_are_aliases_of_each_other() {
        walk("pocketid", &command(), &mut |name, command| {
            let other = match command.get_name() {
                "add" => "create",
                "create" => "add",
                "delete" => "remove",
                "remove" => "delete",
                _ => return,
            };
            assert!(command.get_visible_aliases().any(|alias| alias == other), "{name}: {other}");
        });
    }

    #[test]
    fn the_settings_know_the_variables_of_the_options() {
        let mut found = BTreeSet::new();
        variables(&command(), &mut found);
        assert!(found.iter().eq(OF_OPTIONS), "{found:?}");
    }
}
