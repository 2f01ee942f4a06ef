//! Where the key goes: to `ssh-agent`, or to a file.

use std::path::PathBuf;

use super::{
    super::super::error::CliError,
    agent::Agent,
    files::{refuse_foreign, refuse_missing_folder, write_files},
};
use crate::{
    crypto::ssh::{SshCertificate, SshKeyPair},
    model::Timestamp,
};

/// Where the key goes.
#[derive(Debug)]
pub enum KeyPlace {
    /// To the agent.
    Agent(Agent),
    /// To a file, and its certificate beside it.
    File(PathBuf),
}

impl KeyPlace {
    /// The file that was named, or else the agent. Fails where neither is.
    pub fn choose(file: Option<PathBuf>, comment: &str) -> Result<Self, CliError> {
        match file {
            Some(file) => {
                // Checked before the sign-in, which would be in vain.
                refuse_missing_folder(&file)?;
                refuse_foreign(&file, comment)?;
                Ok(Self::File(file))
            }
            None => Agent::find().map(Self::Agent),
        }
    }

    /// Keeps a key and its certificate for as long as that is valid.
    pub fn keep(
        &self,
        key: &SshKeyPair,
        certificate: &SshCertificate,
        comment: &str,
        now: Timestamp,
    ) -> Result<(), CliError> {
        match self {
            Self::Agent(agent) => agent.add(key, certificate, comment, now),
            Self::File(path) => write_files(path, key, certificate, comment),
        }
    }

    /// The file, if it is one.
    pub fn into_file(self) -> Option<PathBuf> {
        match self {
            Self::Agent(_) => None,
            Self::File(path) => Some(path),
        }
    }
}
