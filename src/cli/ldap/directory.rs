//! The directory of the settings, as commands read it.

use tokio::runtime::{Builder, Runtime};

use crate::{
    cli::{
        context::Context,
        error::{CliError, Kind},
    },
    directory::{DirectoryContents, DirectorySync, MissingSetting, SyncFault},
    encryption_key,
    model::AppConfig,
    outbound::LdapFault,
    server,
    store::{Store, app_config, sealed},
};

/// The application configuration, with its secrets. Creates no encryption key.
pub fn whole_config(ctx: &Context, store: &Store) -> Result<AppConfig, CliError> {
    let settings = ctx.settings()?;
    let has_key = store.read_blocking(sealed::proof)?.is_some();
    let key = has_key.then(|| encryption_key::unlock(settings, store, ctx.rng().as_ref()));
    let stored = store.read_blocking(app_config::list)?;
    Ok(server::app_config(settings, &stored, key.transpose()?.as_ref()))
}

/// The directory of a configuration.
pub fn directory(ctx: &Context, config: &AppConfig) -> Result<DirectorySync, CliError> {
    let authorities = &ctx.settings()?.trusted_authorities;
    DirectorySync::new(config, authorities).map_err(|missing| told(missing.into()))
}

/// Runs connections of a command.
pub fn runtime() -> Result<Runtime, CliError> {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.map_err(|error| CliError::refused(format!("cannot start a thread: {error}")))
}

/// Reads a directory.
pub fn read(runtime: &Runtime, directory: &DirectorySync) -> Result<DirectoryContents, CliError> {
    runtime.block_on(directory.read()).map_err(told)
}

/// Words a fault, and says what to do.
pub fn told(fault: SyncFault) -> CliError {
    let (kind, hint) = match &fault {
        SyncFault::Setting(MissingSetting(key)) => {
            (Kind::Configuration, format!("set it: pocketid config set {} VALUE", key.name()))
        }
        SyncFault::Ldap(fault) => return CliError::refused(fault.to_string()).hint(mend(fault)),
        SyncFault::Store(_) => match fault {
            SyncFault::Store(error) => return error.into(),
            fault => return CliError::refused(fault.to_string()),
        },
    };
    CliError::new(kind, fault.to_string()).hint(hint)
}

fn mend(fault: &LdapFault) -> &'static str {
    match fault {
        LdapFault::Address => {
            "correct it, as in: pocketid config set ldapUrl ldaps://ldap.example.com"
        }
        LdapFault::Bind { .. } | LdapFault::NoPassword => {
            "check ldapBindDn, and set the password: pocketid config set ldapBindPassword -"
        }
        LdapFault::Certificate { .. } => {
            "name the certificate of its authority in TRUSTED_CA_FILE, and use the name that is in its certificate"
        }
        LdapFault::Connect { .. } | LdapFault::Late { .. } | LdapFault::Ended { .. } => {
            "check ldapUrl, and whether the directory runs and lets this machine in; nothing was changed"
        }
        LdapFault::Cut { .. } => {
            "let the bind DN have more: in OpenLDAP by olcLimits with size.prtotal=unlimited; or narrow ldapBase; \
             nothing was changed"
        }
        LdapFault::Filter { .. } => "correct ldapUserSearchFilter or ldapUserGroupSearchFilter",
        LdapFault::Search { .. } => {
            "check ldapBase, and whether the bind DN may read there; nothing was changed"
        }
        LdapFault::StartTls { .. } => {
            "switch it off with: pocketid config set ldapStartTls false; or use ldaps://"
        }
        LdapFault::Talk { .. } => {
            "check the scheme and the port in ldapUrl: ldaps:// is encrypted from the beginning, ldap:// is not"
        }
        LdapFault::TooMuch { .. } => "nothing was changed",
    }
}
