//! `pocketid ssh certificate revoke`

use serde::Serialize;

use super::super::super::{
    context::Context,
    error::CliError,
    removal::{self, Removal, RemovalOptions},
    removed::Removed,
    typed,
};
use crate::{
    model::{SshCertificateId, SshCertificateRecord},
    operations::ssh::certificates,
    store::{Store, Tx, ssh_certificates},
};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh certificate revoke 0197a0c2-91c2-7cc3-9d1c-2f65a1d0d1f4 --yes";

/// Revoke a certificate
///
/// Hosts refuse it as soon as they have fetched the revocation list. To revoke all certificates of a
/// user: pocketid ssh user withdraw USER.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Revoke {
    /// Id of the certificate
    #[arg(value_name = "ID", value_parser = |text: &str| typed::id::<SshCertificateId>(text, "pocketid ssh certificate list"))]
    id: SshCertificateId,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The certificate that is revoked.
#[derive(Debug, Serialize)]
pub struct GoneCertificate {
    id: SshCertificateId,
}

impl Revoke {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneCertificate>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Revoke {
    type Thing = SshCertificateRecord;
    type Gone = GoneCertificate;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<SshCertificateRecord>, CliError> {
        let found = ssh_certificates::find(tx, self.id)?;
        Ok(found.filter(|certificate| certificate.revoked_at.is_none()))
    }

    fn missing(&self, _tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        Ok(CliError::refused(format!("there is no certificate {}", self.id))
            .hint("to list them: pocketid ssh certificate list"))
    }

    fn consequence(&self, certificate: &SshCertificateRecord) -> String {
        format!("This revokes a certificate of {}.", certificate.key_id)
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        certificate: SshCertificateRecord,
    ) -> Result<GoneCertificate, CliError> {
        ctx.act(store, certificate.id, |act, id| certificates::revoke(act, *id))?;
        ctx.report().note(format!("The certificate of {} is revoked.", certificate.key_id));
        Ok(GoneCertificate { id: certificate.id })
    }
}
