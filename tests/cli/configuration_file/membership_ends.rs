//! `membershipEnds` in the configuration file.

use super::{apply, refused};
use crate::support::cli::Cli;

#[test]
fn ends_of_memberships_are_applied_exported_and_kept() {
    let cli = Cli::on_the_engine_of_the_tests();
    let file = |ends: &str| {
        format!(
            "users: [{{username: alice}}, {{username: bob}}]\n\
             groups:\n- name: staff\n  members: [alice, bob]\n{ends}"
        )
    };
    let with_end = file("  membershipEnds: [{username: Alice, until: 2031-05-06}]\n");
    apply(&cli, &with_end).expect_success();
    let shown = cli.run("group show staff -o json").json();
    assert_eq!(shown["memberships"].as_array().unwrap().len(), 1);
    apply(&cli, &with_end).expect(
        0,
        "",
        "The installation matches the file; nothing was changed.\n",
    );
    let exported = cli.run("export-config").ok();
    assert!(exported.contains("2031-05-06T00:00:00Z"), "{exported}");
    apply(&cli, &exported).expect(
        0,
        "",
        "The installation matches the file; nothing was changed.\n",
    );
    // A file that does not speak of ends keeps them; an empty list takes them away.
    apply(&cli, &file("")).expect(
        0,
        "",
        "The installation matches the file; nothing was changed.\n",
    );
    apply(&cli, &file("  membershipEnds: []\n")).expect_success();
    assert_eq!(cli.run("group show staff -o json").json().get("memberships"), None);
}

#[test]
fn a_rename_takes_the_end_of_a_membership_along() {
    let cli = Cli::new();
    let id = "0190c0de-0000-7000-8000-000000000001";
    let file = |name: &str| {
        format!(
            "users: [{{id: {id}, username: {name}}}]\ngroups:\n- name: staff\n  members: [{name}]\n  \
             membershipEnds: [{{username: {name}, until: 2031-05-06}}]\n"
        )
    };
    apply(&cli, &file("alice")).expect_success();

    let renamed = apply(&cli, &file("alicia"));

    let change = "~ change user alice\n    username: \"alice\" -> \"alicia\"\n";
    renamed.expect(0, change, "0 to add, 1 to change, 0 to remove\nDone.\n");
    let shown = cli.run("--utc group show staff").ok();
    assert!(shown.contains("alicia (until 2031-05-06T00:00:00Z)"), "{shown}");
    let kinds = cli.audit_log();
    let ends = kinds.iter().filter(|it| it.starts_with("GROUP_MEMBERSHIP_END_CHANGED"));
    assert_eq!(ends.count(), 1);
}

/// Alice's membership was extended after the file was written: the file speaks of an end that has passed.
#[test]
fn an_end_that_has_passed_removes_the_member_and_never_makes_a_membership_last() {
    let cli = Cli::on_the_engine_of_the_tests();
    cli.run("user add alice").expect_success();
    cli.run("user add bob").expect_success();
    cli.run("group create staff").expect_success();
    cli.run("group assign staff alice bob --until 2031-05-06").expect_success();
    let file = |members: &str| {
        format!(
            "groups:\n- name: staff\n{members}  membershipEnds: [{{username: alice, until: 2020-05-06}}]\n"
        )
    };
    let before = cli.run("group show staff -o json").json();

    // Without the members it is not clear what is meant.
    refused(
        &cli,
        &file(""),
        &[
            "error: it.yaml:3:19: membershipEnds of staff needs members",
            "hint: list the members of the group, or remove membershipEnds",
        ],
    );
    refused(
        &cli,
        "groups:\n- name: staff\n  membershipEnds: []\n",
        &[
            "error: it.yaml:3:19: membershipEnds of staff needs members",
            "hint: list the members of the group, or remove membershipEnds",
        ],
    );
    assert_eq!(cli.run("group show staff -o json").json(), before);

    apply(&cli, &file("  members: [alice, bob]\n")).expect_success();
    let shown = cli.run("group show staff").ok();
    assert!(shown.contains("Members\tbob\n"), "{shown}");
}

/// A file is applied again and again, also when the end has passed.
#[test]
fn a_member_whose_end_has_passed_is_none_and_the_file_still_applies() {
    let cli = Cli::on_the_engine_of_the_tests();
    let yaml = "users: [{username: alice}]\ngroups:\n- name: staff\n  members: [alice]\n  \
                membershipEnds: [{username: alice, until: 2020-05-06}]\n";
    apply(&cli, yaml).expect_success();
    assert_eq!(cli.run("group show staff -o json").json()["users"], serde_json::json!([]));
    apply(&cli, yaml).expect(0, "", "The installation matches the file; nothing was changed.\n");
}

#[test]
fn bad_ends_of_memberships_are_refused() {
    let cli = Cli::on_the_engine_of_the_tests();
    apply(&cli, "users: [{username: alice}, {username: bob}]\n").expect_success();
    for ends in [
        "[{username: alice}]",
        "[{username: alice, until: soon}]",
        "[{username: alice, until: null}]",
        "[{username: bob, until: 2031-05-06}]",
        "[{username: carol, until: 2031-05-06}]",
        "[{username: alice, until: 2031-05-06}, {username: ALICE, until: 2032-05-06}]",
        "[alice]",
        "{alice: 2031-05-06}",
    ] {
        let yaml =
            format!("groups:\n- name: staff\n  members: [alice]\n  membershipEnds: {ends}\n");
        let refused = apply(&cli, &yaml);
        assert_eq!(refused.code, Some(3), "{ends}: {}", refused.stderr);
        assert!(refused.stderr.contains("it.yaml:4:"), "{ends}: {}", refused.stderr);
        let alone = format!("groups:\n- name: staff\n  membershipEnds: {ends}\n");
        assert_eq!(apply(&cli, &alone).code, Some(3), "{ends}");
    }
    let far = "groups:\n- name: staff\n  members: [alice]\n  \
               membershipEnds: [{username: alice, until: 2090-05-06}]\n";
    let refused = apply(&cli, far);
    assert_ne!(refused.code, Some(0), "{}", refused.stderr);
    assert_eq!(cli.run("group list").ok(), "");
}
