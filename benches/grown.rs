//! A server on an installation that has grown, beside one that is new: 100,000 users and 1,000,000 tokens.
//!
//! Both run on the first core, one after the other for each figure, so that they compare.

use pocketid::{
    crypto::{BearerToken, Digest, Rng, SystemRng},
    model::{
        Amr, Client, ClientType, Clock, Confirmation, Grant, GrantId, RequestedClaims, Scope,
        Session, SessionId, SystemClock, Timestamp, User, UserId,
    },
    store::{
        Store, StoreError, Tx, access_tokens, clients, grants, refresh_tokens, sessions, users,
    },
};
use uuid::Uuid;

use crate::{
    load::{Call, Figures, run},
    millis,
    provider::Provider,
    row,
};

const USERS: usize = 100_000;
const GRANTS: usize = 250_000;
/// Of each kind, for each grant: with both there are 1,000,000 tokens.
const TOKENS: usize = 2;
/// How many rows a transaction inserts.
const BATCH: usize = 5_000;
const CALLS: usize = 5_000;
const CONNECTIONS: usize = 8;

/// Measures both, in turn.
pub(crate) fn compare() {
    let new = Provider::start();
    let grown = Provider::start_on_grown(|store| fill(store, SystemClock.now()));
    row("cold start, new database", new.start_time(), "60 ms");
    row("cold start, 100,000 users and 1,000,000 tokens", grown.start_time(), "60 ms");
    let (figures_of_new, figures_of_grown) = (p99_of(&new), p99_of(&grown));
    for ((name, new), (_, grown)) in figures_of_new.iter().zip(&figures_of_grown) {
        let ratio = grown.p99().as_secs_f64() / new.p99().as_secs_f64();
        let figures = format!("{} to {}, {ratio:.2} x", millis(new.p99()), millis(grown.p99()));
        row(&format!("{name}, p99, new to grown"), figures, "1.5 x");
    }
}

/// How long the requests of a sign-in and after it take.
fn p99_of(provider: &Provider) -> Vec<(&'static str, Figures)> {
    let measure = |calls: Vec<Call>| {
        let (figures, answers) = run(provider.servers(), CONNECTIONS, calls);
        assert!(answers.iter().all(|answer| answer.status < 400), "{:?}", answers.first());
        (figures, answers)
    };
    let (authorize, answers) = measure(vec![provider.authorize(); CALLS]);
    let (exchange, answers) =
        measure(answers.iter().map(|answer| provider.redeem(answer)).collect());
    let (refresh, _) = measure(answers.iter().map(|answer| provider.refresh(answer)).collect());
    let token = provider.access_token();
    let (userinfo, _) = measure(vec![provider.userinfo(&token); CALLS]);
    let (introspection, _) = measure(vec![provider.introspect(&token); CALLS]);
    vec![
        ("authorize", authorize),
        ("code exchange", exchange),
        ("refresh", refresh),
        ("userinfo", userinfo),
        ("introspection", introspection),
    ]
}

/// Users with a session each, of whom nobody administers, and grants with their tokens.
fn fill(store: &Store, now: Timestamp) {
    let client = Client::new(
        "grown".parse().unwrap(),
        "Grown".parse().unwrap(),
        ClientType::Confidential,
        now,
    );
    store.write_blocking(move |tx| clients::insert(tx, &client)).unwrap();
    let ids: Vec<Uuid> = (0..USERS).map(|number| new_id(now, USERS - number)).collect();
    in_batches(store, USERS, {
        let ids = ids.clone();
        move |tx, number| insert_user(tx, UserId(ids[number]), number, now)
    });
    in_batches(store, GRANTS, move |tx, number| {
        let id = new_id(now, GRANTS - number);
        insert_grant(tx, (GrantId(id), UserId(ids[number % USERS])), now)
    });
}

/// An id as it was made so many milliseconds ago: rows come in the order of their ids.
pub(crate) fn new_id(now: Timestamp, ago: usize) -> Uuid {
    let rng: &dyn Rng = &SystemRng::new();
    rng.uuid_v7(now.as_unix_millis() - ago as u64)
}

pub(crate) fn in_batches(
    store: &Store,
    count: usize,
    insert: impl Fn(&mut Tx<'_>, usize) -> Result<(), StoreError> + Clone + Send + 'static,
) {
    for start in (0..count).step_by(BATCH) {
        let insert = insert.clone();
        let batch = move |tx: &mut Tx<'_>| {
            (start..count.min(start + BATCH)).try_for_each(|number| insert(tx, number))
        };
        store.write_blocking(batch).unwrap();
    }
}

pub(crate) fn insert_user(
    tx: &mut Tx<'_>,
    id: UserId,
    number: usize,
    now: Timestamp,
) -> Result<(), StoreError> {
    let user = User {
        ldap_id: None,
        user_type: pocketid::model::UserType::Person,
        id,
        username: format!("user{number}").parse().unwrap(),
        email: Some(format!("user{number}@example.com").parse().unwrap()),
        email_verified: false,
        first_name: "First".parse().unwrap(),
        last_name: "Last".parse().unwrap(),
        display_name: "First Last".parse().unwrap(),
        is_admin: false,
        disabled: false,
        locale: None,
        created_at: now,
        updated_at: now,
    };
    users::insert(tx, &user)?;
    let token = BearerToken::generate("", id.0, &SystemRng::new());
    let session = Session {
        id: SessionId(token.id()),
        user_id: id,
        amr: Amr::Passkey,
        created_at: now,
        authenticated_at: now,
        last_used_at: now,
        expires_at: now.plus(86_400),
        ip_address: "192.0.2.17".into(),
        user_agent: "benchmark".into(),
        binding: None,
    };
    sessions::insert(tx, &session, &token)
}

fn insert_grant(
    tx: &mut Tx<'_>,
    (id, user_id): (GrantId, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let rng: &dyn Rng = &SystemRng::new();
    let expires_at = now.plus(30 * 86_400);
    let grant = Grant {
        id,
        client_id: "grown".parse().unwrap(),
        user_id,
        session_id: SessionId(user_id.0),
        scope: Scope::parse("openid profile email offline_access"),
        resource: None,
        claims: RequestedClaims::default(),
        auth_time: now,
        amr: Amr::Passkey,
        requested_at: now,
        created_at: now,
        expires_at,
        revoked_at: None,
    };
    let session = sessions::find_open(tx, grant.session_id)?.expect("the session of its user");
    grants::insert(tx, &grant, &session)?;
    for _ in 0..TOKENS {
        refresh_tokens::insert(
            tx,
            &BearerToken::generate("", id.0, rng),
            expires_at,
            &Confirmation::default(),
        )?;
        let token = Digest::of(rng.bytes::<16>());
        access_tokens::insert(tx, id, token, expires_at)?;
    }
    Ok(())
}
