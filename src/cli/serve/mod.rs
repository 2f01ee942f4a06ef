//! `pocketid serve`

mod described;
mod logging;
mod runtime;
mod set_up;
mod signals;
mod supervisor;
mod take_over;

use std::{io::ErrorKind, net::SocketAddr, path::PathBuf, sync::Arc};

use tokio::{net::TcpListener, task::JoinSet};

use super::{
    apply,
    context::Context,
    error::{CliError, Kind},
};
use crate::{
    model::Database,
    server::{self, App, Shutdown, StartError, TargetFault},
    settings::{Settings, TrustProxy},
    store::{Store, StoreError, passkeys, server_stop},
};
use logging::Watching;
use runtime::runtime;
use supervisor::Supervisor;
use take_over::TakeOver;

const EXAMPLES: &str = "\
Each has a variant with _FILE, such as ENCRYPTION_KEY_FILE, that names a file with the value.

SIGTERM and SIGINT stop it after the running requests; a second signal stops it at once.
systemd is told when it is ready, and that it runs (Type=notify, WatchdogSec).

Examples:
  APP_URL=https://id.example.com pocketid serve
  pocketid serve --listen 127.0.0.1:8080
  pocketid serve --apply pocketid.yaml";

/// Serve sign-ins at APP_URL
///
/// Browsers and applications reach it at APP_URL, as a rule through a proxy that speaks TLS.
/// Passkeys need https there, or localhost.
#[derive(Debug, clap::Args)]
#[command(after_long_help = format!("{}{EXAMPLES}", described::settings()))]
pub struct Serve {
    /// Listen at this address and port instead of HOST and PORT; port 0 takes any free one
    #[arg(long, env = "POCKETID_LISTEN", hide_env_values = true, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Apply this configuration file before listening, as `pocketid apply` does
    #[arg(long, value_name = "FILE")]
    apply: Option<PathBuf>,
}

impl Serve {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let mut settings = ctx.settings()?.clone();
        let Watching { talks, traces } = logging::start(&settings, ctx.report())?;
        let listen = self.listen.unwrap_or(settings.listen);
        settings.listen = listen;
        // Binds first: a port in use must not leave anything new behind.
        let listener = bind(listen).map_err(|error| unable_to_listen(listen, &error))?;
        let for_metrics = metrics_listener(settings.metrics.listen)?;
        server::check_target(&settings.backup)?;
        let new_file = set_up::new_file(&settings);
        let (store, take_over) = TakeOver::open(ctx)?;
        let _claim = store.claim_for_server()?;
        let now = ctx.now();
        let trace = server::note_first_start(&settings, &store, now)?;
        server::create_target(&settings.backup)?;
        if let Some(take_over) = take_over {
            take_over.finish(ctx, &store)?;
        } else if let Some(new) = new_file {
            set_up::tell_of_new(&new, trace.as_ref());
        }
        if store.read_blocking(move |tx| server_stop::is_asked(tx, now))? {
            return Err(StoreError::Restored.into());
        }
        if let Some(name) = store.network_file_system() {
            tracing::warn!(
                "the database is on {name}, a network file system: SQLite can lose data there; \
                 keep it on a disk of this machine"
            );
        }
        warn_of_other_host(&store, &settings)?;
        if let Some(file) = &self.apply {
            apply::before_serving(ctx, &store, file)?;
        }
        let waits = matches!(settings.database, Database::Postgres(_));
        let app = App::start(settings, store, ctx.clock(), Arc::clone(ctx.rng()))?;
        let needed = set_up::needed(&app)?;
        runtime(waits)?.block_on(async {
            // From here on a signal shuts the server down gracefully.
            let shutdown = Shutdown::new();
            signals::watch(&shutdown)
                .map_err(|error| CliError::refused(format!("cannot watch for signals: {error}")))?;
            let listener = TcpListener::from_std(listener)
                .map_err(|error| unable_to_listen(listen, &error))?;
            let address = listener.local_addr().unwrap_or(listen);
            announce(ctx, app.settings(), address, &needed, talks);
            Supervisor::connect().follow(&app, &shutdown);
            let metrics = for_metrics.map(|listener| serve_metrics(&app, listener)).transpose()?;
            server::serve(app, listener, shutdown).await;
            drop(metrics);
            Ok::<_, CliError>(())
        })?;
        if let Some(traces) = traces {
            traces.finish();
        }
        tracing::info!("stopped");
        Ok(())
    }
}

impl From<TargetFault> for CliError {
    fn from(fault: TargetFault) -> Self {
        Self::new(Kind::Configuration, fault.to_string()).hint(fault.hint())
    }
}

/// Binds the address of the metrics, if there is one.
fn metrics_listener(
    address: Option<SocketAddr>,
) -> Result<Option<std::net::TcpListener>, CliError> {
    let Some(address) = address else { return Ok(None) };
    bind(address).map(Some).map_err(|error| {
        CliError::refused(format!("cannot listen at {address} for metrics: {error}"))
            .hint("correct METRICS_LISTEN, or stop the other program that uses that port")
    })
}

/// Serves the metrics until the set is dropped.
fn serve_metrics(app: &Arc<App>, listener: std::net::TcpListener) -> Result<JoinSet<()>, CliError> {
    let listener = TcpListener::from_std(listener)
        .map_err(|error| CliError::refused(format!("cannot listen for metrics: {error}")))?;
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "serving metrics");
    }
    let mut tasks = JoinSet::new();
    tasks.spawn(server::serve_metrics(Arc::clone(app), listener));
    Ok(tasks)
}

fn bind(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Warns of passkeys for another host: passkeys are bound to the host of their registration.
fn warn_of_other_host(store: &Store, settings: &Settings) -> Result<(), StoreError> {
    let host = settings.app_url.host();
    if let Some(other) = store.read_blocking(passkeys::host)?
        && other != host
    {
        tracing::warn!(
            "passkeys were registered at {other}, and do not work at {host}: set APP_URL back, or \
             give users a link to create another passkey: pocketid recover NAME"
        );
    }
    Ok(())
}

/// Reports the address, and the next step.
fn announce(
    ctx: &Context,
    settings: &Settings,
    address: SocketAddr,
    needed: &[String],
    talks: bool,
) {
    warn_of_settings(settings, address);
    let app_url = &settings.app_url;
    if talks {
        ctx.report().note(format!("Serving {app_url}, listening at {address}."));
        for setup in needed {
            ctx.report().note(format!("There is no administrator yet: {setup}"));
        }
        ctx.report().note("Ctrl+C stops it.");
        return;
    }
    tracing::info!(address = %address, app_url = %app_url, "listening");
    for setup in needed {
        tracing::info!("there is no administrator yet: {setup}");
    }
}

/// Warns of settings that are likely to cause trouble.
fn warn_of_settings(settings: &Settings, address: SocketAddr) {
    let app_url = &settings.app_url;
    for warning in &settings.warnings {
        tracing::warn!("{}; {}", warning.message, warning.hint);
    }
    if !app_url.allows_passkeys() {
        tracing::warn!(
            "passkeys do not work at {app_url}: set APP_URL to an https:// address with a host \
             name, or to http://localhost:{}",
            address.port()
        );
    }
    // A proxy that terminates TLS or is trusted may answer at another port.
    if app_url.host() == "localhost"
        && !app_url.is_https()
        && settings.trust_proxy == TrustProxy::None
        && app_url.url().port_or_known_default() != Some(address.port())
    {
        tracing::warn!(
            "links lead to {app_url}, but the server listens at port {}: set APP_URL, unless a \
             proxy forwards that address",
            address.port()
        );
    }
}

fn unable_to_listen(address: SocketAddr, error: &std::io::Error) -> CliError {
    let failed = CliError::refused(format!("cannot listen at {address}: {error}"));
    failed.hint(match error.kind() {
        ErrorKind::AddrInUse => {
            "another program is using that port; stop it, or choose another PORT or --listen"
        }
        ErrorKind::AddrNotAvailable => "this machine does not have that address; correct HOST",
        ErrorKind::PermissionDenied => "ports below 1024 need root; choose a higher PORT",
        _ => "choose another HOST, PORT or --listen",
    })
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::EncryptionKey(fault) => fault.into(),
            StartError::Store(error) => error.into(),
            error @ StartError::Keys(_) => Self::new(Kind::Configuration, error.to_string())
                .hint("the signing keys in the database cannot be used; restore it from a backup"),
        }
    }
}
