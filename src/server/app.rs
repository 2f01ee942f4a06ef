//! The composition root: the parts that live as long as the server.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Notify;

use super::{
    health_check::Health,
    http::Cookies,
    issuer_keys::IssuerKeys,
    keys::{KeySet, KeyStore, KeysError},
    limiter::Limiter,
    limits,
    live_config::{CurrentConfig, StoredConfig},
    metrics::{LastFigures, Metrics},
    pending::PendingRows,
    pictures::{PictureDecoder, ServerProgram},
    proxy_warning::ProxyWarning,
    request_log::RequestLog,
    setup_code::{self, SetupCode},
    ssh::KrlCache,
    static_api_key,
    turns::Turns,
};
use crate::{
    crypto::{CodeKey, MasterKey, Rng},
    encryption_key::{self, KeyFault},
    geography::Geography,
    model::{Clock, Timestamp},
    operations::Postbox,
    outbound::Outbound,
    settings::Settings,
    store::{Store, StoreError, setup::Opening},
};

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The encryption key is missing or wrong.
    #[error(transparent)]
    EncryptionKey(#[from] KeyFault),
    /// The signing keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the server reaches outside of its process.
#[derive(Debug, Default)]
pub struct WaysOut {
    /// The client for connections to other servers.
    pub outbound: Outbound,
    /// The program that decodes pictures.
    pub program: ServerProgram,
}

/// The running server.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    store: Store,
    clock: Arc<dyn Clock>,
    started_at: Timestamp,
    rng: Arc<dyn Rng>,
    master_key: MasterKey,
    keys: RwLock<Arc<KeySet>>,
    live: RwLock<Arc<CurrentConfig>>,
    limiter: Limiter,
    pending: PendingRows,
    slow_secrets: Arc<Turns>,
    images: Arc<Turns>,
    metadata_fetches: Arc<Turns>,
    uploads: Arc<Turns>,
    user_uploads: Arc<Turns>,
    pictures: Arc<Turns>,
    picture_decoder: Arc<PictureDecoder>,
    lists: Arc<Turns>,
    scim_groups: Arc<Turns>,
    backups: Arc<Turns>,
    backup_downloads: Arc<Turns>,
    configurations: Arc<Turns>,
    examinations: Arc<Turns>,
    key_rotations: Arc<Turns>,
    request_log: RequestLog,
    proxy_warning: ProxyWarning,
    health: Health,
    outbound: Outbound,
    issuer_keys: IssuerKeys,
    outbox: Notify,
    geography: Geography,
    metrics: Option<Metrics>,
    last_figures: LastFigures,
    ssh_krl: KrlCache,
}

impl App {
    /// Assembles the server. The first start generates the keys.
    pub fn start(
        settings: Settings,
        store: Store,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Arc<Self>, StartError> {
        Self::start_with(settings, store, clock, rng, WaysOut::default())
    }

    /// Assembles the server with the given ways out of its process.
    pub fn start_with(
        settings: Settings,
        store: Store,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        ways_out: WaysOut,
    ) -> Result<Arc<Self>, StartError> {
        setup_code::note_first_start(&settings, &store, clock.now())?;
        let master_key = encryption_key::unlock(&settings, &store, rng.as_ref())?;
        let place = KeyStore { store: &store, master_key: &master_key, rng: rng.as_ref() };
        static_api_key::clean_up(&settings, &store, clock.now(), &rng)?;
        let started_at = clock.now();
        let keys = KeySet::load_or_generate(place, started_at)?;
        let chosen = store.read_blocking(StoredConfig::read)?;
        let live = CurrentConfig::new(&settings, chosen, &master_key);
        Ok(Arc::new(Self {
            geography: Geography::new(&settings.location),
            metrics: settings.metrics.is_on().then(|| Metrics::new(started_at)),
            last_figures: LastFigures::default(),
            ssh_krl: KrlCache::default(),
            issuer_keys: IssuerKeys::default(),
            health: Health::default(),
            outbound: ways_out.outbound.configured(
                settings.trusted_authorities.clone(),
                settings.location.local_networks.clone(),
            ),
            outbox: Notify::new(),
            limiter: Limiter::new(settings.rate_limiting, Arc::clone(&clock)),
            pending: PendingRows::new(),
            slow_secrets: Turns::new(limits::SLOW_SECRETS),
            images: Turns::new(limits::IMAGES),
            metadata_fetches: Turns::new(limits::METADATA_FETCHES),
            uploads: Turns::new(limits::UPLOADS),
            user_uploads: Turns::new(limits::USER_UPLOADS),
            pictures: Turns::new(limits::PICTURES),
            picture_decoder: PictureDecoder::new(ways_out.program, limits::PICTURE_TIME),
            lists: Turns::new(limits::LISTS),
            scim_groups: Turns::new(limits::SCIM_GROUPS),
            backups: Turns::new(limits::BACKUPS),
            backup_downloads: Turns::new(limits::BACKUP_DOWNLOADS),
            configurations: Turns::new(limits::CONFIGURATIONS),
            examinations: Turns::new(limits::EXAMINATIONS),
            key_rotations: Turns::new(limits::KEY_ROTATIONS),
            request_log: RequestLog::default(),
            proxy_warning: ProxyWarning::default(),
            settings,
            store,
            clock,
            started_at,
            rng,
            master_key,
            keys: RwLock::new(Arc::new(keys)),
            live: RwLock::new(Arc::new(live)),
        }))
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// When the server started.
    pub(super) fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// The current time. Handlers use the time in the head of their request instead.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock, for work that outlives its caller.
    pub(super) fn shared_clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The random number generator.
    pub fn rng(&self) -> &dyn Rng {
        self.rng.as_ref()
    }

    /// The random number generator, for callers that outlive the borrow.
    pub(super) fn shared_rng(&self) -> Arc<dyn Rng> {
        Arc::clone(&self.rng)
    }

    /// The current signing keys.
    pub(super) fn keys(&self) -> Arc<KeySet> {
        // No code panics while it holds the write lock.
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the signing keys.
    pub(super) fn replace_keys(&self, keys: KeySet) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// Access to the stored signing keys.
    pub(super) fn key_store(&self) -> KeyStore<'_> {
        KeyStore { store: &self.store, master_key: &self.master_key, rng: self.rng.as_ref() }
    }

    /// The key that seals secrets in the database.
    pub(super) fn master_key(&self) -> &MasterKey {
        &self.master_key
    }

    /// The revocation list for SSH as it was last read.
    pub(super) fn ssh_krl(&self) -> &KrlCache {
        &self.ssh_krl
    }

    /// The key for the digests of codes that people type.
    pub fn codes(&self) -> &CodeKey {
        self.master_key.codes()
    }

    /// The current application configuration and the values derived from it.
    pub(super) fn live(&self) -> Arc<CurrentConfig> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the application configuration.
    pub(super) fn replace_live(&self, live: CurrentConfig) {
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(live);
    }

    /// Derives the code of an opening of the set-up.
    pub fn setup_code(&self, opening: &Opening) -> SetupCode {
        SetupCode::of(&self.master_key, opening)
    }

    /// The rate limits.
    pub(super) fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// The bounds on rows that unauthenticated callers store.
    pub(super) fn pending(&self) -> &PendingRows {
        &self.pending
    }

    /// The queue for checking secrets with a slow hash.
    pub(super) fn slow_secrets(&self) -> &Arc<Turns> {
        &self.slow_secrets
    }

    /// The queue for reading logos and backgrounds.
    pub(super) fn images(&self) -> &Arc<Turns> {
        &self.images
    }

    /// The queue for fetching client metadata documents.
    pub(super) fn metadata_fetches(&self) -> &Arc<Turns> {
        &self.metadata_fetches
    }

    /// The queue for decoding profile pictures.
    pub(super) fn pictures(&self) -> &Arc<Turns> {
        &self.pictures
    }

    /// The queue for making signing keys.
    pub(super) fn key_rotations(&self) -> &Arc<Turns> {
        &self.key_rotations
    }

    /// The decoder of profile pictures.
    pub(super) fn picture_decoder(&self) -> &Arc<PictureDecoder> {
        &self.picture_decoder
    }

    /// The queue for reading and changing whole configurations.
    pub(super) fn configurations(&self) -> &Arc<Turns> {
        &self.configurations
    }

    /// The queue for listing and verifying backups.
    pub(super) fn backups(&self) -> &Arc<Turns> {
        &self.backups
    }

    /// The bounds on downloading backups.
    pub(super) fn backup_downloads(&self) -> &Arc<Turns> {
        &self.backup_downloads
    }

    /// The queue for looking for faults.
    pub(super) fn examinations(&self) -> &Arc<Turns> {
        &self.examinations
    }

    /// The queue for file uploads of users who do not administer.
    pub(super) fn user_uploads(&self) -> &Arc<Turns> {
        &self.user_uploads
    }

    /// The queue for file uploads of administrators.
    pub(super) fn uploads(&self) -> &Arc<Turns> {
        &self.uploads
    }

    /// The queue for changes of groups over SCIM.
    pub(super) fn scim_groups(&self) -> &Arc<Turns> {
        &self.scim_groups
    }

    /// The queue for lists.
    pub(super) fn lists(&self) -> &Arc<Turns> {
        &self.lists
    }

    /// The bounds on log lines for requests.
    pub(super) fn request_log(&self) -> &RequestLog {
        &self.request_log
    }

    /// The warning that the headers of a proxy are ignored.
    pub(super) fn proxy_warning(&self) -> &ProxyWarning {
        &self.proxy_warning
    }

    /// The cached result of the last health check.
    pub(super) fn health(&self) -> &Health {
        &self.health
    }

    /// The client for connections to other servers.
    pub(super) fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// The keys of issuers that sign client assertions.
    pub(super) fn issuer_keys(&self) -> &IssuerKeys {
        &self.issuer_keys
    }

    /// Where mails are put to be sent.
    pub(super) fn postbox(&self) -> Postbox {
        Postbox::new(self.master_key.clone(), Arc::clone(&self.rng))
    }

    /// Wakes the task that sends messages.
    pub(super) fn outbox(&self) -> &Notify {
        &self.outbox
    }

    /// The numbers for Prometheus, if somebody may read them.
    pub(super) fn metrics(&self) -> Option<&Metrics> {
        self.metrics.as_ref()
    }

    /// The figures that were last read in the database.
    pub(super) fn last_figures(&self) -> &LastFigures {
        &self.last_figures
    }

    /// Tells where addresses are.
    pub(super) fn geography(&self) -> &Geography {
        &self.geography
    }

    /// The clock.
    pub(super) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// The cookies of this server.
    pub(super) fn cookies(&self) -> Cookies {
        Cookies::new(self.settings.app_url.is_https())
    }

    /// The issuer identifier.
    pub(super) fn issuer(&self) -> &str {
        self.settings.app_url.as_str()
    }

    /// A new id for a row.
    pub(super) fn new_id(&self, now: Timestamp) -> uuid::Uuid {
        self.rng().uuid_v7(now.as_unix_millis())
    }
}
