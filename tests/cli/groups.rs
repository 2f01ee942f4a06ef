//! `pocketid group`

use serde_json::json;

use crate::support::cli::Cli;

#[test]
fn a_group_is_made_and_filled() {
    let cli = Cli::new();
    cli.run("user add alice --email alice@example.com").expect_success();
    cli.run("user add bob").expect_success();

    let created = cli.run_args(&["group", "create", "staff", "--friendly-name", "Our staff"]);
    created.expect(
        0,
        "Name\tstaff\nFriendly name\tOur staff\nMembers\tnone\nCreated\tTIME\nID\tID\n",
        "",
    );

    let assigned = cli.run("group assign staff bob alice@example.com");
    assigned.expect(
        0,
        "Name\tstaff\nFriendly name\tOur staff\nMembers\talice, bob\nCreated\tTIME\nID\tID\n",
        "",
    );
    cli.run("group list").expect(0, "staff\tOur staff\t2\n", "");
    assert_eq!(
        cli.audit_log(),
        [
            "ACCOUNT_CREATED cli alice",
            "ACCOUNT_CREATED cli bob",
            "GROUP_CREATED cli -",
            "GROUP_MEMBERS_ADDED cli alice",
            "GROUP_MEMBERS_ADDED cli bob",
        ]
    );
}

#[test]
fn json_has_the_fields_of_the_rest_api() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("group add staff").expect_success();

    let assigned = cli.run("group assign staff alice -o json").json();

    let alice = json!({
        "id": "ID", "username": "alice", "email": null, "emailVerified": false, "firstName": "",
        "lastName": "", "displayName": "", "isAdmin": false, "locale": null, "customClaims": [],
        "userGroups": [], "ldapId": null, "disabled": false,
    });
    let staff = json!({
        "id": "ID", "friendlyName": "staff", "name": "staff", "customClaims": [], "ldapId": null,
        "createdAt": "TIME", "users": [alice], "allowedOidcClients": [],
    });
    assert_eq!(assigned, staff);
    let listed = json!([{
        "id": "ID", "friendlyName": "staff", "name": "staff", "customClaims": [], "ldapId": null,
        "createdAt": "TIME", "userCount": 1,
    }]);
    assert_eq!(cli.run("group list -o json").json(), listed);
}

#[test]
fn who_is_in_the_group_stays_in_it() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("group create staff").expect_success();
    cli.run("group assign staff alice").expect_success();

    let again = cli.run("group assign staff alice");

    assert_eq!((again.code, again.stderr.as_str()), (Some(0), "alice was already in staff.\n"));
    let added = |event: &&String| event.starts_with("GROUP_MEMBERS_ADDED");
    assert_eq!(cli.audit_log().iter().filter(added).count(), 1);
}

#[test]
fn one_wrong_name_and_nobody_is_assigned() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("group create staff").expect_success();

    cli.run("group assign staff alice bobby").refused(
        1,
        &["error: there is no user \"bobby\"", "hint: to list them: pocketid user list"],
    );
    cli.run("group assign staf alice")
        .refused(1, &["error: there is no group \"staf\"", "hint: did you mean staff?"]);

    cli.run("group list").expect(0, "staff\tstaff\t0\n", "");
}

#[test]
fn a_group_of_that_name_is_refused_or_with_if_absent_left_alone() {
    let cli = Cli::new();
    cli.run("group create staff").expect_success();

    cli.run("group create staff --friendly-name Other").refused(
        1,
        &[
            "error: the group staff already exists",
            "hint: choose another name, or add --if-absent to keep it unchanged",
        ],
    );
    cli.run("group create staff --friendly-name Other --if-absent").expect(
        0,
        "Name\tstaff\nFriendly name\tstaff\nMembers\tnone\nCreated\tTIME\nID\tID\n",
        "The group staff already exists; nothing was changed.\n",
    );
}

#[test]
fn a_name_too_long_to_be_shown_wants_a_friendly_one() {
    let cli = Cli::new();
    let name = "n".repeat(51);

    cli.run(&format!("group create {name}")).refused(
        2,
        &[
            "error: the display name must be at most 50 characters long",
            "hint: give a shorter one with --friendly-name",
        ],
    );
    cli.run(&format!("group create {name} --friendly-name N")).expect_failure(2);
    cli.run(&format!("group create {name} --friendly-name Nn")).expect_success();
}

#[test]
fn a_group_is_shown_by_name_and_by_id() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    let created: serde_json::Value =
        serde_json::from_str(&cli.run("group create staff -o json").ok()).unwrap();
    cli.run("group assign staff alice").expect_success();

    let shown = "Name\tstaff\nFriendly name\tstaff\nMembers\talice\nCreated\tTIME\nID\tID\n";

    cli.run("group show staff").expect(0, shown, "");
    cli.run(&format!("group show {}", created["id"].as_str().unwrap())).expect(0, shown, "");
    cli.run("group show stuff")
        .refused(1, &["error: there is no group \"stuff\"", "hint: did you mean staff?"]);
}

#[test]
fn a_group_gets_other_names_and_keeps_its_members() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("group create staff").expect_success();
    cli.run("group create other").expect_success();
    cli.run("group assign staff alice").expect_success();

    cli.run("group update staff --friendly-name Us --name other")
        .refused(1, &["error: the group other already exists", "hint: choose another --name"]);
    let updated = cli.run("group update staff --friendly-name Us --name us -o json").json();

    assert_eq!((&updated["name"], &updated["friendlyName"]), (&json!("us"), &json!("Us")));
    assert_eq!(updated["users"][0]["username"], "alice");
    cli.run("group update us --name us").expect_success();
    let changed = |event: &&String| event.as_str() == "GROUP_CHANGED cli -";
    assert_eq!(cli.audit_log().iter().filter(changed).count(), 1, "what is the same is no change");
    assert_eq!(cli.run("group update us").code, Some(2));
}

#[test]
fn a_group_is_deleted_when_it_is_meant_and_its_clients_stay_closed() {
    let cli = Cli::new();
    cli.run("user add alice --email a@example.com").expect_success();
    cli.run("group create staff").expect_success();
    cli.run("group create other").expect_success();
    cli.run("group assign staff alice").expect_success();
    cli.run("client create One --id one --group staff").expect_success();
    cli.run("client create Two --id two --group staff --group other").expect_success();

    cli.run("group delete staff").expect_failure(2);
    cli.run("group remove staff --yes").expect(
        0,
        "",
        "Deleted the group staff.\nwarning: no user can sign in to one now; to change that: pocketid \
         client update one --group GROUP, or --no-group\n",
    );

    cli.run("group list").expect(0, "other\tother\t0\n", "");
    cli.run("user list").expect(0, "alice\talice\ta@example.com\tuser\tenabled\t0\tnever\n", "");
    cli.run("client list").expect(
        0,
        "One\tone\tconfidential\tnobody\nTwo\ttwo\tconfidential\tother\n",
        "",
    );
    cli.run("group delete staff --yes").expect_failure(1);
    let note = "Nothing was changed: there is no group \"staff\".\n";
    cli.run("group delete staff --yes --if-present").expect(0, "", note);
    assert!(cli.audit_log().contains(&"GROUP_DELETED cli -".to_owned()));
}

#[test]
fn users_are_taken_out_of_a_group_all_or_none() {
    let cli = Cli::new();
    cli.run("group create staff").expect_success();
    for name in ["alice", "bob", "carol"] {
        cli.run(&format!("user add {name}")).expect_success();
    }
    cli.run("group assign staff alice bob").expect_success();

    cli.run("group unassign staff alice carol").refused(
        1,
        &["error: carol is not in staff", "hint: add --if-present to skip users who are not in it"],
    );
    cli.run("group list").expect(0, "staff\tstaff\t2\n", "");
    let unassigned = cli.run("group unassign staff alice carol --if-present");

    assert_eq!(
        (unassigned.code, unassigned.stderr.as_str()),
        (Some(0), "carol was not in staff.\n")
    );
    assert!(unassigned.stdout.contains("Members\tbob\n"));
    let removed = |event: &&String| event.starts_with("GROUP_MEMBERS_REMOVED");
    let log = cli.audit_log();
    assert_eq!(log.iter().filter(removed).collect::<Vec<_>>(), ["GROUP_MEMBERS_REMOVED cli alice"]);
}

#[test]
fn a_membership_is_given_until_a_time() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("user add bob").expect_success();
    cli.run("group create staff").expect_success();

    let assigned = cli.run("--utc group assign staff alice --until 2031-05-06T07:08:09Z").ok();
    assert!(assigned.contains("Members\talice (until 2031-05-06T07:08:09Z)"), "{assigned}");
    cli.run("group assign staff bob").expect_success();
    let shown = cli.run("group show staff -o json").json();
    assert_eq!(shown["memberships"].as_array().unwrap().len(), 1);
    assert_eq!(shown["memberships"][0]["expiresAt"], "TIME");
    let user = cli.run("--utc user show alice").ok();
    assert!(user.contains("Groups\tstaff (until 2031-05-06T07:08:09Z)"), "{user}");
    assert_eq!(
        cli.run("user show alice -o json").json()["userGroups"][0]["membershipExpiresAt"],
        "TIME"
    );

    let listed = cli.run("user list -o json").json();
    assert_eq!(listed[0]["userGroups"][0]["membershipExpiresAt"], "TIME");
    assert_eq!(listed[1]["userGroups"][0].get("membershipExpiresAt"), None);

    // Another end, the same end, and none. Without the option it stays.
    let ends = || {
        let events = cli.audit_log();
        events.iter().filter(|event| event.starts_with("GROUP_MEMBERSHIP_END_CHANGED")).count()
    };
    cli.run("group assign staff alice --until 8h").expect_success();
    assert_eq!(ends(), 2);
    cli.run("group assign staff alice").expect_success();
    assert_eq!(
        cli.run("group show staff -o json").json()["memberships"].as_array().unwrap().len(),
        1
    );
    cli.run("group assign staff alice bob --until never").expect_success();
    assert_eq!(ends(), 3);
    let again = cli.run("group assign staff alice --until never");
    assert_eq!(again.stderr, "alice was already in staff.\n");
    assert_eq!(cli.run("group show staff -o json").json().get("memberships"), None);
}

#[test]
fn an_end_that_is_past_too_far_or_without_sense_is_refused() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("group create staff").expect_success();
    for (until, code) in [
        ("2020-01-01", 2),
        ("2090-01-01", 2),
        ("3651d", 2),
        ("59s", 2),
        ("soon", 2),
        ("2026-13-01", 2),
        ("-8h", 2),
        ("2031", 2),
        ("20310506", 2),
    ] {
        let refused = cli.run(&format!("group assign staff alice --until={until}"));
        assert_eq!(refused.code, Some(code), "{until}: {}", refused.stderr);
    }
    assert_eq!(cli.run("group show staff -o json").json()["users"], json!([]));
}
