//! `pocketid user show`

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::super::{
    claims,
    context::Context,
    error::CliError,
    names::find_user,
    page::{Page, or_none, yes_no},
    report::Outcome,
};
use crate::{
    model::{ClaimOwner, CustomClaim, Group, GroupId, Timestamp, User, Username, view::UserView},
    store::{StoreError, Tx, custom_claims, groups, memberships, passkeys},
};

const EXAMPLES: &str = "\
Examples:
  pocketid user show alice
  pocketid user show alice@example.com --output json";

/// Show an account
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Show {
    /// Username, email or id
    #[arg(value_name = "USER")]
    name: String,
}

/// An account with its groups, claims and passkeys.
#[derive(Debug)]
pub struct ShownUser {
    user: User,
    groups: Vec<Group>,
    /// When memberships end, of those that do.
    ends: BTreeMap<GroupId, Timestamp>,
    claims: Vec<CustomClaim>,
    passkeys: Vec<String>,
}

impl Show {
    pub fn run(self, ctx: &Context) -> Result<ShownUser, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let user = find_user(tx, &self.name)?;
            Ok(ShownUser::load(tx, user, ctx.now())?)
        })
    }
}

impl ShownUser {
    /// Loads everything about an account.
    pub fn load(tx: &mut Tx<'_>, user: User, now: Timestamp) -> Result<Self, StoreError> {
        let passkeys = passkeys::list_of_user(tx, user.id)?;
        Ok(Self {
            groups: groups::list_of_user(tx, user.id, now)?,
            ends: memberships::ends_of_user(tx, user.id, now)?,
            claims: custom_claims::list(tx, ClaimOwner::User(user.id))?,
            passkeys: passkeys.iter().map(|passkey| passkey.name.to_string()).collect(),
            user,
        })
    }

    /// The name of the account.
    pub fn username(&self) -> &Username {
        &self.user.username
    }

    fn email(&self) -> String {
        match (&self.user.email, self.user.email_verified) {
            (None, _) => "none".to_owned(),
            (Some(email), true) => format!("{email} (verified)"),
            (Some(email), false) => format!("{email} (not verified)"),
        }
    }
}

impl Serialize for ShownUser {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = UserView::of(&self.user, &self.groups);
        view.with_membership_ends(&self.ends)
            .with_custom_claims(self.claims.clone())
            .serialize(serializer)
    }
}

impl Outcome for ShownUser {
    fn write_text(&self, page: &mut Page) {
        let group = |group: &Group| match self.ends.get(&group.id) {
            Some(end) => format!("{} (until {})", group.name, page.moment(*end)),
            None => group.name.to_string(),
        };
        let groups: Vec<_> = self.groups.iter().map(group).collect();
        let own = [("Username", self.user.username.to_string()), ("Name", self.user.shown_name())];
        // Said of a service only: the others are people.
        let kind = self.user.is_service().then(|| ("Type", "service".to_owned()));
        let rest = [
            ("Email", self.email()),
            ("Administrator", yes_no(self.user.is_admin)),
            ("Enabled", yes_no(!self.user.disabled)),
            ("Groups", or_none(&groups)),
            ("Claims", claims::summary(&self.claims)),
            ("Passkeys", or_none(&self.passkeys)),
            ("Created", page.moment(self.user.created_at)),
            ("ID", self.user.id.to_string()),
        ];
        page.fields(&own.into_iter().chain(kind).chain(rest).collect::<Vec<_>>());
    }
}
