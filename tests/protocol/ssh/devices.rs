//! Codes on another device, and the setting `sshDeviceLogin` that allows them.

use pocketid::model::ConfigKey;

use super::SshOp;
use crate::support::{device::DeviceCodes, op::TestClient, patience::wait_until};

fn client() -> TestClient {
    let redirect_uri = "http://127.0.0.1:49152/callback".into();
    TestClient { id: "pocketid-ssh".into(), secret: String::new(), redirect_uri }
}

fn with_device_login() -> SshOp {
    let ssh = SshOp::start();
    ssh.op.beside("config set sshDeviceLogin true").expect_success();
    wait_until(|| ssh.op.config().flag(ConfigKey::SshDeviceLogin));
    ssh
}

fn codes(ssh: &SshOp) -> DeviceCodes {
    ssh.op.device_authorization(&client(), "openid")
}

/// An administrator turns it off when somebody sends such codes to users.
#[test]
fn turning_it_off_ends_codes_that_wait_and_codes_that_were_approved() {
    let ssh = with_device_login();
    let mut alice = ssh.op.person("alice");
    let (approved, waiting) = (codes(&ssh), codes(&ssh));
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    alice.verify_device(&approved.user_code).ok();
    let other = ssh.op.client();
    let of_other = ssh.op.device_authorization(&other, "openid");

    ssh.op.beside("config unset sshDeviceLogin").expect_success();

    for codes in [&approved, &waiting] {
        assert_eq!(ssh.op.poll(&client(), codes).error(), "400 access_denied");
    }
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    let refused = alice.verify_device(&waiting.user_code);
    assert_eq!(refused.error(), "400 oidc_invalid_device_code");
    assert_eq!(ssh.op.count("access_tokens"), 0);
    alice.verify_device(&of_other.user_code).ok();
    ssh.op.poll(&other, &of_other).ok();
}

/// The setting may be in the environment of a server that was restarted.
#[test]
fn no_code_is_approved_or_redeemed_while_it_is_off() {
    let ssh = with_device_login();
    let mut alice = ssh.op.person("alice");
    let (approved, waiting) = (codes(&ssh), codes(&ssh));
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    alice.verify_device(&approved.user_code).ok();
    ssh.op.execute("DELETE FROM settings WHERE key = 'sshDeviceLogin'");
    wait_until(|| !ssh.op.config().flag(ConfigKey::SshDeviceLogin));

    let page = alice.agent.get(&format!("/device?user_code={}", waiting.user_code)).text();
    assert!(!page.contains("pocketid-ssh"), "{page}");
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    let refused = alice.verify_device(&waiting.user_code);
    assert_eq!(refused.error(), "400 oidc_invalid_device_code");
    assert_eq!(ssh.op.poll(&client(), &approved).error(), "400 access_denied");
    assert_eq!(ssh.op.count("access_tokens"), 0);
}
