//! Settings of the whole server: configuration, images, audit log, signing keys, backups and health.

use super::visitor::Visitor;
use crate::support::op::TestOp;

const CONFIGURATION: &str = "/settings/admin/application-configuration";

#[test]
fn the_configuration_is_changed_tab_by_tab_and_the_rest_stays() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    root.open(CONFIGURATION);
    root.fill("[name=appName]", "Wonderland");
    root.fill("[name=sessionDuration]", "0");
    root.click("[type=submit]");
    root.wait_for("#sessionDuration-error:not([hidden])");
    root.fill("[name=sessionDuration]", "90");
    root.save("[type=submit]");
    root.open(&format!("{CONFIGURATION}?tab=signup"));
    root.select("[name=allowUserSignups]", "withToken");
    root.save("[type=submit]");
    root.open(&format!("{CONFIGURATION}?tab=passkeys"));
    root.select("[name=webauthnUserVerification]", "preferred");
    root.save("[type=submit]");
    root.open(&format!("{CONFIGURATION}?tab=email"));
    root.fill("[name=smtpHost]", "mail.example.com");
    root.fill("[name=smtpPort]", "587");
    root.fill("[name=smtpFrom]", "id@example.com");
    root.fill("[name=smtpPassword]", "hunter2");
    root.save("[type=submit]");
    root.open(&format!("{CONFIGURATION}?tab=oidc"));
    root.wait_for("[type=submit]");

    for (key, value) in [
        ("appName", "Wonderland"),
        ("sessionDuration", "90"),
        ("allowUserSignups", "withToken"),
        ("webauthnUserVerification", "preferred"),
        ("smtpHost", "mail.example.com"),
    ] {
        assert_eq!(op.beside(&format!("config get {key}")).ok().trim(), value, "{key}");
    }
    root.open(&format!("{CONFIGURATION}?tab=email"));
    assert!(!root.eval("document.documentElement.outerHTML").to_string().contains("hunter2"));
}

#[test]
fn a_configuration_of_the_environment_cannot_be_changed() {
    let op = TestOp::with_settings(&[("UI_CONFIG_DISABLED", "true"), ("APP_NAME", "Fixed")]);
    let root = Visitor::admin(&op, "root");
    root.open(CONFIGURATION);
    assert!(root.exists("fieldset[disabled]") && !root.exists("main [type=submit]"));
}

#[test]
fn a_logo_of_the_installation_is_uploaded_and_reset() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    root.open(&format!("{CONFIGURATION}?tab=images"));
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>";
    let form = "form[data-send*='/logo']";
    root.choose_file(&format!("{form} input[type=file]"), "logo.svg", svg);
    root.save(&format!("{form} [type=submit]"));
    assert_eq!(op.count("application_images"), 1);
    root.open(&format!("{CONFIGURATION}?tab=images"));
    root.click(&format!("{form} [data-send^=DELETE]"));
    root.wait_for_text("#toasts", "removed");
    assert_eq!(op.count("application_images"), 0);
}

#[test]
fn the_audit_log_is_filtered_by_event_and_user() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    op.beside("user add bob --email bob@example.com").expect_success();
    root.open("/settings/admin/audit-log");
    root.wait_for_text("tbody", "bob");
    root.wait_for_text("tbody", "Terminal");
    root.select("#filter-event", "SIGN_IN");
    root.wait_for_text(".pages", "1\u{2013}1 of 1");
    assert!(!root.text("tbody").contains("bob"));
    root.open("/settings/audit-log");
    root.wait_for_text("tbody", "127.0.0.1");
}

#[test]
fn signing_keys_are_rotated_and_revoked_after_a_question() {
    let op = TestOp::start();
    let root = Visitor::admin(&op, "root");
    let before = op.count("signing_keys");
    root.open("/settings/admin/signing-keys");
    root.confirm(".heading-actions button");
    root.wait_for_text("#toasts", "rotated");
    root.wait_for_text(".pages", &format!("of {}", 2 * before));
    root.confirm(".danger-zone button");
    root.wait_for_text(".pages", &format!("of {before}"));
    assert_eq!(op.count("signing_keys"), before);
}

#[test]
fn a_backup_is_made_verified_and_downloaded() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().to_str().unwrap();
    let op = TestOp::with_settings(&[
        ("BACKUP_TARGET", target),
        ("BACKUP_PASSPHRASE", "a long passphrase of the test"),
    ]);
    let root = Visitor::admin(&op, "root");
    root.open("/settings/admin/backups");
    root.wait_for_text("#target", target);
    root.click("#create");
    root.wait_for_text("#toasts", "Backup created");
    root.wait_for("#list .badge:not([hidden])");
    root.click("#list .verify");
    root.wait_for_text("#list .status", "This backup is complete and can be restored.");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn health_says_what_to_do_about_each_fault() {
    let op = TestOp::start();
    op.user("lost");
    op.beside("user update lost --admin").expect_success();
    let root = Visitor::admin(&op, "root");
    root.open("/settings/admin/health");
    root.wait_for("#findings [data-status=warning], #findings [data-status=problem]");
    root.wait_for_text("#findings", "pocketid ");
}
