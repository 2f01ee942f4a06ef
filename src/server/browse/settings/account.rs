//! `/settings/account`

use super::enter::{Visit, answer};
use crate::{
    model::{ConfigKey, view::SshCertificateView},
    operations::ssh::certificates,
    server::{
        browse::{Page, passkey_row, profile, session_rows, time},
        http::{Request, request::SignedIn},
        messages::Locale,
        pages::{AccountPage, SshCertificateRow},
    },
    store::{StoreError, passkeys, sessions},
};

const PATH: &str = "/settings/account";

/// `GET /settings/account`
pub(super) async fn show(req: Request) -> Page {
    let Visit { req, layout, frame } = Visit::of_user(req, PATH).await?;
    let (user_id, now) = (req.who.user.id, req.head.now);
    let read = req.app.store().read(move |tx| {
        let passkeys = passkeys::list_of_user(tx, user_id)?;
        let certificates = certificates::list_of_user(tx, user_id, now)?;
        Ok::<_, StoreError>((passkeys, sessions::list_of_user(tx, user_id, now)?, certificates))
    });
    let (passkeys, sessions, certificates) = read.await?;
    let SignedIn { user, session } = &req.who;
    answer(&AccountPage {
        profile: profile(user),
        locale: user.locale.as_deref().and_then(Locale::from_tag),
        editable: req.app.config().allow_own_account_edit(),
        email_required: req.app.config().require_user_email(),
        asks_to_verify_email: req.app.config().flag(ConfigKey::EmailVerificationEnabled)
            && user.email.is_some()
            && !user.email_verified,
        passkeys: passkeys.iter().map(passkey_row).collect(),
        sessions: session_rows(
            sessions,
            session.id,
            req.app.config().flag(ConfigKey::DeviceBoundSessions),
            layout.messages,
        ),
        ssh_certificates: certificates.iter().map(ssh_row).collect(),
        layout,
        frame,
    })
}

fn ssh_row(certificate: &SshCertificateView) -> SshCertificateRow {
    SshCertificateRow {
        id: certificate.id().to_string(),
        accounts: certificate.principals().join(", "),
        issued: time(certificate.created_at()),
        expires: time(certificate.expires_at()),
    }
}
