//! `pocketid user claims` and `pocketid group claims`

use serde_json::json;

use crate::support::cli::Cli;

fn with_alice_in_staff() -> Cli {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("group create staff").expect_success();
    cli.run("group assign staff alice").expect_success();
    cli
}

#[test]
fn claims_are_listed_set_replaced_and_removed() {
    let cli = with_alice_in_staff();
    for noun in ["user claims alice", "group claims staff"] {
        cli.run(noun).expect(0, "", "");

        cli.run(&format!("{noun} role=admin floor=3")).expect(0, "floor\t3\nrole\tadmin\n", "");
        cli.run(&format!("{noun} role=[\"a\",\"b\"] floor=")).expect(
            0,
            "role\t[\"a\",\"b\"]\n",
            "",
        );
        cli.run(noun).expect(0, "role\t[\"a\",\"b\"]\n", "");
        let listed = json!([{"key": "role", "value": "[\"a\",\"b\"]"}]);
        assert_eq!(cli.run(&format!("{noun} -o json")).json(), listed);
    }

    let claims = json!([{"key": "role", "value": "[\"a\",\"b\"]"}]);
    assert_eq!(cli.run("user show alice -o json").json()["customClaims"], claims);
    assert_eq!(cli.run("user list -o json").json()[0]["customClaims"], claims);
    assert_eq!(cli.run("group list -o json").json()[0]["customClaims"], claims);
    assert!(cli.run("user show alice").ok().contains("Claims\trole=[\"a\",\"b\"]\n"));
}

#[test]
fn changes_are_in_the_audit_log_and_what_changes_nothing_is_not() {
    let cli = with_alice_in_staff();
    cli.run("user claims alice role=admin").expect_success();
    cli.run("group claims staff role=x").expect_success();

    cli.run("user claims alice role=admin").expect(0, "role\tadmin\n", "Nothing was changed.\n");
    cli.run("user claims alice").expect_success();

    let changes = |event: &String| event.contains("CLAIMS");
    let log: Vec<_> = cli.audit_log().into_iter().filter(changes).collect();
    assert_eq!(log, ["GROUP_CLAIMS_CHANGED cli -", "USER_CLAIMS_CHANGED cli alice"]);
    let data: String = cli
        .database()
        .query_row("SELECT data FROM audit_events WHERE kind = 'USER_CLAIMS_CHANGED'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(data, r#"{"set":"role"}"#);
}

#[test]
fn removing_what_is_not_there_is_refused_unless_that_is_expected() {
    let cli = with_alice_in_staff();

    cli.run("user claims alice floor=3 role=").refused(
        1,
        &["error: there is no claim role to remove", "hint: to ignore it, add --if-present"],
    );
    cli.run("user claims alice").expect(0, "", "");
    cli.run("user claims alice role= --if-present").expect(0, "", "Nothing was changed.\n");
}

#[test]
fn names_that_tokens_need_are_refused() {
    let cli = with_alice_in_staff();
    for name in ["iss", "sub", "aud", "exp", "nonce", "acr", "sid", "email", "groups", "picture"] {
        let ran = cli.run(&format!("user claims alice {name}=x"));
        assert_eq!(ran.code, Some(2), "{name}");
        let reason = format!("the claim {name} is reserved");
        assert!(ran.stderr.contains(&reason), "{}", ran.stderr);
        // One that came from elsewhere can be removed.
        cli.run(&format!("user claims alice {name}= --if-present")).expect_success();
    }
    cli.run("user claims alice").expect(0, "", "");
}

#[test]
fn claims_that_are_malformed_twice_given_or_too_many_change_nothing() {
    let cli = with_alice_in_staff();
    let long = format!("role={}", "x".repeat(2_001));
    let long_name = format!("{}=x", "n".repeat(101));
    let bad = ["role", "=x", "role=null", "role=\"\"", "role=  ", &long, &long_name, "a\u{202e}=x"];
    for bad in bad {
        cli.run_args(&["group", "claims", "staff", bad]).expect_failure(2);
    }
    cli.run("group claims staff a=1 a=2").refused(
        2,
        &[
            "error: the claim a is given twice",
            "hint: give each claim once; several values can be a JSON array: KEY='[\"a\",\"b\"]'",
        ],
    );
    let many: Vec<_> = (0..51).map(|number| format!("claim{number}=x")).collect();
    cli.run(&format!("group claims staff {}", many.join(" "))).expect_failure(1);
    let big: Vec<_> = ["a", "b", "c"].map(|name| format!("{name}={}", "x".repeat(1_365))).into();
    cli.run(&format!("group claims staff {}", big.join(" "))).refused(
        1,
        &[
            "error: there would be more than 50 claims or 4096 bytes of claims",
            "hint: every token contains all claims; let applications look up long values elsewhere",
        ],
    );
    cli.run("group claims staf a=1").expect_failure(1);
    cli.run("group claims staff").expect(0, "", "");

    cli.run(&format!("group claims staff {}", many[1..].join(" "))).expect_success();
}

#[test]
fn a_client_has_claims_that_are_fixed_or_mapped_and_may_have_a_scope() {
    let cli = Cli::new();
    cli.run("client create Grafana --id grafana").expect_success();
    cli.run("client claims grafana").expect(0, "", "");

    cli.run("client claims grafana tenant=acme limits={\"disk\":10}").expect(
        0,
        "limits\t{\"disk\":10}\topenid\ntenant\tacme\topenid\n",
        "",
    );
    cli.run("client claims Grafana role=@grafana_role limits= --scope grafana:all").expect(
        0,
        "role\t@grafana_role\tgrafana:all\ntenant\tacme\topenid\n",
        "",
    );

    let rules = json!([
        {"name": "role", "from": "grafana_role", "scope": "grafana:all"},
        {"name": "tenant", "value": "acme"},
    ]);
    assert_eq!(cli.run("client claims grafana -o json").json(), rules);
    assert_eq!(cli.run("client show grafana -o json").json()["claims"], rules);
    let shown = cli.run("client show grafana").ok();
    assert!(shown.contains("Claims\trole=@grafana_role (scope grafana:all), tenant=acme\n"));
    cli.run("client claims grafana tenant=acme").expect(
        0,
        "role\t@grafana_role\tgrafana:all\ntenant\tacme\topenid\n",
        "Nothing was changed.\n",
    );
    let log = cli.audit_log();
    let changes = log.iter().filter(|event| *event == "CLIENT_CLAIMS_CHANGED cli -");
    assert_eq!(changes.count(), 2);
}

#[test]
fn claims_of_a_client_that_mean_nothing_change_nothing() {
    let cli = Cli::new();
    cli.run("client create Grafana --id grafana").expect_success();
    for bad in ["tenant", "=x", "sub=x", "tenant=null", "tenant=@", "tenant=@email", "tenant=@sub"]
    {
        cli.run_args(&["client", "claims", "grafana", bad]).expect_failure(2);
    }
    for scope in ["openid", "profile", "email", "a b", "ä", "a\"b", "a\\b", ""] {
        cli.run_args(&["client", "claims", "grafana", "tenant=x", "--scope", scope])
            .expect_failure(2);
    }
    cli.run("client claims grafana --scope hr").expect_failure(2);
    cli.run("client claims grafana a=1 a=@b").expect_failure(2);
    cli.run("client claims grafana a=1 b=").expect_failure(1);
    let many: Vec<_> = (0..51).map(|number| format!("claim{number}=x")).collect();
    cli.run(&format!("client claims grafana {}", many.join(" "))).expect_failure(1);
    let big: Vec<_> = ["a", "b", "c"].map(|name| format!("{name}={}", "x".repeat(1_365))).into();
    cli.run(&format!("client claims grafana {}", big.join(" "))).expect_failure(1);
    cli.run("client claims grafan a=1").expect_failure(1);
    cli.run("client claims grafana").expect(0, "", "");
    cli.run("client claims grafana b= --if-present").expect(0, "", "Nothing was changed.\n");
}
