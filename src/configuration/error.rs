//! Why a document is not applied.

use super::document::DocumentFault;
use crate::{
    model::ClientId,
    operations::{Refusal, clients::PublicClientFault},
    store::StoreError,
};

/// Why a document is not applied, or an installation not exported. Nothing was changed.
#[derive(Debug)]
pub enum Error {
    /// The document contradicts itself or the installation.
    Faults(Vec<DocumentFault>),
    /// No administrator who can sign in would be left.
    NoAdministrator,
    /// A client cannot be public with the other settings in the document.
    PublicClient(ClientId, PublicClientFault),
    /// An operation was refused.
    Refused(Refusal),
    /// The installation has changed since the plan was shown.
    Stale,
    /// No document can hold a value of the installation.
    Unwritable(String),
    /// A value is refused only now that it is applied.
    Value {
        /// The value and the reason.
        message: String,
        /// The next step.
        hint: &'static str,
    },
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}
