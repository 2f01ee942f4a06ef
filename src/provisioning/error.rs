//! Why a synchronisation failed.

use super::ProvisioningReport;
use crate::{
    outbound::OutboundError,
    scim::{TooManyDeletions, error_detail},
    store::StoreError,
};

/// Why a synchronisation failed. The texts are for administrators and the log; they hold no secret.
#[derive(Debug, thiserror::Error)]
pub enum ProvisioningError {
    /// The endpoint refused a request that everything else depends on.
    #[error("{0}")]
    Answer(RefusedRequest),
    /// Another server or a command synchronises the provider.
    #[error("another server or command is synchronising this application already")]
    Busy,
    /// The provider does not exist, or no longer does.
    #[error("the SCIM provider does not exist any more")]
    Gone,
    /// The endpoint was so slow that others would have had to wait for it.
    #[error(
        "the application answers too slowly: it took fewer than {steps} resources in {minutes} minutes; the next \
         synchronisation goes on from there"
    )]
    Slow {
        /// The least number of resources.
        steps: usize,
        /// The time that it had for them.
        minutes: u64,
    },
    /// The synchronisation took too long.
    #[error("it took longer than {0} hours and was stopped; the next one goes on from there")]
    Late(u64),
    /// The endpoint does not follow the protocol.
    #[error("the endpoint does not speak SCIM 2.0: {0}")]
    Malformed(&'static str),
    /// Some users or groups failed.
    #[error(
        "{} users and {} groups could not be provisioned; the first: {first}",
        report.users.failed,
        report.groups.failed
    )]
    Partial {
        /// The counts.
        report: Box<ProvisioningReport>,
        /// The first failure.
        first: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The token cannot be decrypted.
    #[error("its token cannot be decrypted with this ENCRYPTION_KEY; enter it again")]
    Token,
    /// It would delete too much.
    #[error(
        "{0}; nothing was changed. If that is right: pocketid scim sync CLIENT --allow-deletions"
    )]
    TooMany(#[from] TooManyDeletions),
    /// The endpoint did not answer.
    #[error(transparent)]
    Unreachable(#[from] OutboundError),
}

impl ProvisioningError {
    /// Whether the endpoint did not answer at all.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

/// A request that the endpoint refused.
#[derive(Debug, thiserror::Error)]
#[error("{method} of {path} was answered with {status}{}", detail_of(method, .detail.as_deref(), *status))]
pub struct RefusedRequest {
    /// The method.
    pub method: &'static str,
    /// The part of the path after the address of the endpoint, without ids.
    pub path: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// The reason in the answer.
    pub detail: Option<String>,
}

impl RefusedRequest {
    /// Reads the reason in an answer. `secret` is left out, if the endpoint repeats it.
    pub(super) fn new(
        method: &'static str,
        path: &'static str,
        answer: &crate::outbound::Answer,
        secret: Option<&str>,
    ) -> Self {
        let detail = error_detail(&answer.body, secret);
        Self { method, path, status: answer.status, detail }
    }

    /// Whether every other request would be refused, too. A 403 is not among them: endpoints answer so for
    /// accounts that they protect.
    pub(super) fn is_about_everything(&self) -> bool {
        matches!(self.status, 401 | 429 | 503) || (300..400).contains(&self.status)
    }

    /// Whether the endpoint is out of order, rather than the resource. As long as it has taken no change, a 403
    /// may mean that the token is for reading only.
    pub(super) fn is_fault_of_endpoint(&self, has_changed: bool) -> bool {
        self.status >= 500 || (self.status == 403 && !has_changed)
    }
}

fn detail_of(method: &str, detail: Option<&str>, status: u16) -> String {
    let meaning = match status {
        300..=399 => "; it redirects: enter the address that it redirects to",
        403 if method != "GET" => "; the token does not allow this change",
        401 | 403 => "; it does not accept the token",
        429 | 503 => "; it asks for fewer requests",
        _ => "",
    };
    detail.map_or_else(|| meaning.to_owned(), |detail| format!(": {detail}{meaning}"))
}
