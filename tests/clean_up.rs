//! The clean-up removes expired rows, and nothing else.

use pocketid::store::{Tx, expired};

use crate::support::op::{TestClient, TestOp};

const TABLES: [&str; 13] = [
    "access_tokens",
    "audit_events",
    "authorization_codes",
    "ceremonies",
    "device_codes",
    "grants",
    "interactions",
    "one_time_access_tokens",
    "pushed_authorization_requests",
    "reauthentications",
    "refresh_tokens",
    "sessions",
    "signup_tokens",
];

fn counts(op: &TestOp) -> Vec<(&'static str, i64)> {
    TABLES.iter().map(|table| (*table, op.count(table))).collect()
}

/// Leaves a row in every table, and a grant that was refreshed.
fn fill(op: &TestOp) -> (TestClient, String) {
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    alice.code(&client, &[]);
    alice.agent.get(&client.authorize_path(&[("prompt", "consent")]));
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    alice.agent.get("/api/webauthn/login/start").ok();
    op.one_time_code(alice.id, 600);
    assert_eq!(op.beside("signup-token create --ttl 10m").code, Some(0));
    op.device_authorization(&client, "openid");
    op.push(&client, &[]).ok();
    let tokens = op.refresh(&client, refresh_token).ok().json();
    (client, tokens["refresh_token"].as_str().unwrap().to_owned())
}

#[test]
fn what_is_still_good_is_kept() {
    let op = TestOp::start();
    fill(&op);
    let before = counts(&op);
    assert!(before.iter().all(|(_, count)| *count > 0), "{before:?}");

    assert_eq!(op.clean_up(), 0);

    assert_eq!(counts(&op), before);
}

#[test]
fn what_has_expired_is_removed_and_grants_live_as_long_as_they_may_be_renewed() {
    let op = TestOp::start();
    fill(&op);
    op.advance(3_601);

    op.clean_up();

    let left: Vec<_> = counts(&op).into_iter().filter(|(_, count)| *count > 0).collect();
    let names: Vec<_> = left.iter().map(|(table, _)| *table).collect();
    // Codes and refresh tokens live as long as their grant: a used one tells of a replay.
    let kept = ["audit_events", "authorization_codes", "grants", "refresh_tokens"];
    assert_eq!(names, kept);
}

/// A signed-in user could fill the disk with codes that are never redeemed.
#[test]
fn an_authorization_that_bought_nothing_ends_with_its_code() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[("nonce", "n")]);
    let device = op.device_authorization(&client, "openid");
    assert_eq!(alice.verify_device(&device.user_code).status, 204);
    assert_eq!((op.count("grants"), op.count("authorization_codes")), (2, 1));

    op.advance(61);
    op.clean_up();
    assert_eq!((op.count("grants"), op.count("authorization_codes")), (1, 0));
    op.advance(15 * 60);
    op.clean_up();
    assert_eq!(op.count("grants"), 0);
}

/// The client chose them, and they may be long.
#[test]
fn a_code_that_was_used_keeps_nothing_but_what_a_replay_is_known_by() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[("nonce", "n")]);
    assert_eq!(op.count("authorization_codes WHERE nonce = 'n' AND redirect_uri <> ''"), 1);

    op.redeem(&client, &code).ok();

    assert_eq!(op.count("authorization_codes WHERE nonce IS NULL AND redirect_uri = ''"), 1);
    assert_eq!(op.redeem(&client, &code).error(), "400 invalid_grant");
    assert_eq!(op.count("grants WHERE revoked_at IS NOT NULL"), 1, "it is known as a replay");
}

#[test]
fn a_grant_that_is_renewed_outlives_its_first_refresh_token() {
    const DAY: i64 = 86_400;
    let op = TestOp::start();
    let (client, refresh_token) = fill(&op);
    op.advance(29 * DAY);
    let tokens = op.refresh(&client, &refresh_token).ok().json();
    op.advance(2 * DAY);

    op.clean_up();

    assert_eq!((op.count("grants"), op.count("refresh_tokens")), (1, 1));
    op.refresh(&client, tokens["refresh_token"].as_str().unwrap()).ok();
}

#[test]
fn in_the_end_nothing_is_left_but_people_and_clients() {
    let op = TestOp::start();
    fill(&op);
    op.advance(91 * 86_400);

    op.clean_up();

    assert!(counts(&op).iter().all(|(_, count)| *count == 0), "{:?}", counts(&op));
    assert_eq!((op.count("users"), op.count("passkeys"), op.count("consents")), (1, 1, 1));
}

#[test]
fn many_rows_go_in_small_batches() {
    let op = TestOp::start();
    let user = op.user("alice");
    for _ in 0..1_200 {
        op.one_time_code(user.id, 60);
    }
    op.advance(61);
    assert_eq!(op.clean_up(), 1_200);
}

/// Gives so many copies of each grant.
fn many_grants(op: &TestOp, number: u32) {
    let id = if op.is_postgres() {
        "substring(sha256(CAST(CAST(n.i AS TEXT) AS BYTEA) || g.id) FOR 16)"
    } else {
        "randomblob(16)"
    };
    op.execute(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number})
         INSERT INTO grants
         SELECT {id}, g.client_id, g.user_id, g.session_id, g.scope, g.resource, g.id_token_claims,
                g.userinfo_claims, g.auth_time, g.amr, g.requested_at, g.created_at, g.expires_at,
                g.revoked_at
           FROM grants g, n"
    ));
}

/// Gives every grant so many more tokens of a kind, as a script leaves them that refreshes for days.
fn many_tokens(op: &TestOp, table: &str, number: u32) {
    let digest = if op.is_postgres() {
        "sha256(CAST(CAST(n.i AS TEXT) AS BYTEA))"
    } else {
        "randomblob(32)"
    };
    op.execute(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number})
         INSERT INTO {table} (grant_id, token_digest, expires_at)
         SELECT g.id, {digest}, g.expires_at FROM grants g, n"
    ));
}

/// Cleans up, and holds each single write to its bound. Says how many rows went.
fn clean_up_watched(op: &TestOp) -> i64 {
    let rows = || counts(op).into_iter().map(|(_, count)| count).sum::<i64>();
    let (now, before) = (op.now(), rows());
    for step in 0..expired::STEPS {
        loop {
            let before = rows();
            let bounds = expired::ExpiryBounds { now, oldest_event: now };
            let delete = move |tx: &mut Tx<'_>| expired::delete(tx, step, bounds, 500);
            let told = op.store().write_blocking(delete).unwrap();
            let gone = before - rows();
            // With a grant goes its code.
            assert!(gone <= 1_000, "{gone} rows went in one write");
            if told == 0 {
                break;
            }
        }
    }
    before - rows()
}

/// A write holds up everybody else. One grant can have a million tokens, and its end must not be felt.
#[test]
fn a_grant_with_thousands_of_tokens_goes_in_small_batches() {
    let op = TestOp::start();
    fill(&op);
    many_tokens(&op, "access_tokens", 2_000);
    many_tokens(&op, "refresh_tokens", 2_000);
    op.advance(91 * 86_400);

    let gone = clean_up_watched(&op);

    assert!(gone > 4_000, "{gone}");
    assert!(counts(&op).iter().all(|(_, count)| *count == 0), "{:?}", counts(&op));
}

/// Fails every write that would delete a grant together with its tokens.
fn refuse_cascades(op: &TestOp) {
    let has_tokens = "EXISTS (SELECT 1 FROM refresh_tokens WHERE grant_id = OLD.id)";
    op.execute(&if op.is_postgres() {
        format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF {has_tokens} THEN RAISE 'its tokens would go with it'; END IF;
             RETURN OLD;
         END $$;
         CREATE TRIGGER refuse BEFORE DELETE ON grants FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    } else {
        format!(
            "CREATE TRIGGER refuse BEFORE DELETE ON grants WHEN {has_tokens}
         BEGIN SELECT RAISE(ABORT, 'its tokens would go with it'); END"
        )
    });
}

#[test]
fn the_tokens_of_an_account_or_client_that_is_deleted_go_before_it_in_batches() {
    for line in ["user remove alice --yes", "client delete CLIENT --yes"] {
        let op = TestOp::start();
        let (client, _) = fill(&op);
        many_grants(&op, 600);
        many_tokens(&op, "refresh_tokens", 2);
        op.token(&client, &[("grant_type", "client_credentials")]).ok();
        refuse_cascades(&op);

        op.beside(&line.replace("CLIENT", &client.id)).expect_success();

        assert_eq!((op.count("grants"), op.count("refresh_tokens")), (0, 0), "{line}");
        let left = op.count("users") + op.count("clients");
        assert_eq!(left, 1, "{line}");
    }
}
