//! Users for SSH in the REST API. Not part of Pocket ID.

use serde::Serialize;

use crate::model::{SshUser, SshUserState, Timestamp, UserId, Username};

/// A user who may enter accounts of hosts, or who waits for an administrator.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SshUserView {
    id: UserId,
    username: Username,
    /// `confirmed`; `waiting` while nobody gave them their username, so that they do not enter the account
    /// of this name; `held` while nobody looked at a passkey that was added with a one-time code, so that they get no
    /// certificates; `withdrawn` since an administrator gives them none.
    state: &'static str,
    /// Since when a passkey waits to be looked at.
    held_at: Option<Timestamp>,
    withdrawn_at: Option<Timestamp>,
    /// The accounts that they may enter.
    accounts: Vec<String>,
    /// The accounts that they may enter besides once they are confirmed.
    accounts_when_confirmed: Vec<String>,
}

impl SshUserView {
    /// The user as administrators see them.
    pub fn of(user: &SshUser, accounts: Vec<String>, when_confirmed: Vec<String>) -> Self {
        Self {
            id: user.id,
            username: user.username.clone(),
            state: user.state.as_str(),
            held_at: user.held_at,
            withdrawn_at: user.withdrawn_at,
            accounts,
            accounts_when_confirmed: when_confirmed,
        }
    }

    /// The user.
    pub fn id(&self) -> UserId {
        self.id
    }

    /// Their username.
    pub fn username(&self) -> &Username {
        &self.username
    }

    /// The name of their state.
    pub fn state(&self) -> &'static str {
        self.state
    }

    /// Whether an administrator has something to confirm.
    pub fn is_confirmed(&self) -> bool {
        self.state == SshUserState::Confirmed.as_str()
    }

    /// Whether an administrator took certificates from them.
    pub fn is_withdrawn(&self) -> bool {
        self.state == SshUserState::Withdrawn.as_str()
    }

    /// Since when a passkey waits to be looked at.
    pub fn held_at(&self) -> Option<Timestamp> {
        self.held_at
    }

    /// The accounts that they may enter.
    pub fn accounts(&self) -> &[String] {
        &self.accounts
    }

    /// The accounts that they may enter besides once they are confirmed.
    pub fn accounts_when_confirmed(&self) -> &[String] {
        &self.accounts_when_confirmed
    }
}
