//! The lists that administrators page and search through, on an installation of 100,000 users,
//! 1,000 clients and 200 groups, on both engines.

use ::postgres::{Client as Connection, NoTls};
use pocketid::{
    model::{Client, ClientType, Clock, Group, GroupId, SystemClock, Timestamp, UserId},
    store::{Store, StoreError, Tx, clients, groups},
};
use uuid::Uuid;

use crate::{
    grown::{in_batches, insert_user, new_id},
    load::run,
    millis,
    postgres::Cluster,
    provider::{Place, Provider},
    row,
};

const USERS: usize = 100_000;
const CLIENTS: usize = 1_000;
const GROUPS: usize = 200;
const CALLS: usize = 100;

/// Each list, some of its pages and orders, and searches that find much, little and nothing.
const PATHS: &[&str] = &[
    "/api/users",
    "/api/users?pagination[page]=5000",
    "/api/users?sort[column]=username&sort[direction]=desc",
    "/api/users?sort[column]=username&pagination[page]=2500",
    "/api/users?sort[column]=email&pagination[page]=2500",
    "/api/users?sort[column]=createdAt&pagination[page]=5000",
    "/api/users?sort[column]=isAdmin&pagination[page]=5000",
    "/api/users?filters[isAdmin]=true",
    "/api/users?filters[disabled]=false&pagination[page]=100",
    "/api/users?search=user",
    "/api/users?search=user4711@",
    "/api/users?search=nobody-has-this",
    "/api/oidc/clients",
    "/api/oidc/clients?search=client99&sort[column]=name",
    "/api/oidc/clients?pagination[page]=50",
    "/api/user-groups",
    "/api/user-groups?search=group19&sort[column]=userCount",
    "/api/audit-logs/all",
    "/api/audit-logs/all?pagination[page]=1000",
    "/settings/admin/users",
    "/settings/admin/users?search=user4711@",
    "/settings/admin/oidc-clients",
    "/settings/admin/user-groups",
    "/settings/admin/audit-log",
];

/// Measures each list on each engine, one request at a time.
pub(crate) fn measure() {
    measure_on("SQLite", None);
    let cluster = Cluster::start_with(&[]);
    measure_on("PostgreSQL", Some(cluster.new_database("lists")));
}

fn measure_on(engine: &str, database: Option<String>) {
    let filled = |store: &Store| fill(store, SystemClock.now());
    let provider = Provider::on_filled(database.clone(), (1, Place::Anywhere), filled);
    if let Some(address) = database {
        // As PostgreSQL does by itself within a minute.
        let mut client = Connection::connect(&address, NoTls).unwrap();
        client.batch_execute("VACUUM ANALYZE").unwrap();
    }
    for path in PATHS {
        let calls = vec![provider.in_browser(path); CALLS];
        run(provider.servers(), 1, calls.clone());
        let (figures, answers) = run(provider.servers(), 1, calls);
        let refused = answers.iter().find(|answer| answer.status != 200);
        assert!(refused.is_none(), "{path}: {refused:?}");
        row(&format!("{engine}, {path}, p99"), millis(figures.p99()), "20 ms");
    }
}

fn fill(store: &Store, now: Timestamp) {
    // The ids of Pocket ID are random: reading the rows in the order of their names jumps between pages.
    let scattered = |number: usize| (number as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15 << 64 | 1);
    let ids: Vec<_> =
        (1..=USERS).map(|number| UserId(Uuid::from_u128(scattered(number)))).collect();
    in_batches(store, USERS, {
        let ids = ids.clone();
        move |tx, number| insert_user(tx, ids[number], number, now)
    });
    in_batches(store, CLIENTS, move |tx, number| insert_client(tx, number, now));
    in_batches(store, GROUPS, move |tx, number| insert_group(tx, number, &ids, now));
}

fn insert_client(tx: &mut Tx<'_>, number: usize, now: Timestamp) -> Result<(), StoreError> {
    let id = format!("client{number}").parse().unwrap();
    let name = format!("Client {number}").parse().unwrap();
    clients::insert(tx, &Client::new(id, name, ClientType::Confidential, now))
}

/// A group of every two-hundredth user.
fn insert_group(
    tx: &mut Tx<'_>,
    number: usize,
    users: &[UserId],
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = GroupId(new_id(now, number));
    let name = format!("group{number}");
    let group = Group {
        ldap_id: None,
        id,
        name: name.parse().unwrap(),
        friendly_name: name.parse().unwrap(),
        created_at: now,
        updated_at: now,
    };
    groups::insert(tx, &group)?;
    users
        .iter()
        .skip(number)
        .step_by(GROUPS)
        .try_for_each(|user| groups::insert_member(tx, id, *user).map(drop))
}
