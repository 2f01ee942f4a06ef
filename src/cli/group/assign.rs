//! `pocketid group assign`

use serde::{Serialize, Serializer};

use super::super::{
    context::Context,
    error::CliError,
    names::{find_group, find_user},
    page::{Page, or_none},
    report::Outcome,
};
use crate::{
    model::{ClaimOwner, CustomClaim, EventKind, Group, GroupName, User, view::GroupWithUsersView},
    store::{StoreError, Tx, audit_events, custom_claims, groups, users},
};

const EXAMPLES: &str = "\
Examples:
  pocketid group assign staff alice bob
  pocketid group assign staff alice@example.com";

/// Put users into a group
///
/// All of them or none: one name that is wrong, and nothing is changed. Who is in the group already
/// stays in it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Assign {
    /// Name or id of the group
    #[arg(value_name = "GROUP")]
    group: String,
    /// User names, e-mail addresses or ids
    #[arg(value_name = "USER", required = true)]
    users: Vec<String>,
}

/// A group with its members.
#[derive(Debug)]
pub struct Members {
    group: Group,
    users: Vec<User>,
    claims: Vec<CustomClaim>,
}

impl Assign {
    pub fn run(self, ctx: &Context) -> Result<Members, CliError> {
        // One event for each that is added; how many these are, only the transaction knows.
        let events: Vec<_> =
            self.users.iter().map(|_| ctx.event(EventKind::GroupMembersAdded, None, [])).collect();
        let (members, already) = ctx.existing_store()?.write_blocking(move |tx| {
            let group = find_group(tx, &self.group)?;
            let (mut already, mut events) = (Vec::new(), events.clone());
            for name in &self.users {
                let user = find_user(tx, name)?;
                if !groups::insert_member(tx, group.id, user.id)? {
                    already.push(user.username.to_string());
                } else if let Some(mut event) = events.pop() {
                    event.user_id = Some(user.id);
                    event.data.insert("groupName", group.name.to_string());
                    audit_events::insert(tx, &event)?;
                }
            }
            Ok::<_, CliError>((Members::load(tx, group)?, already))
        })?;
        for name in already {
            ctx.report().note(format!("{name} was in {} already.", members.group.name));
        }
        Ok(members)
    }
}

impl Members {
    /// Gathers the members of a group.
    pub fn load(tx: &mut Tx<'_>, group: Group) -> Result<Self, StoreError> {
        let claims = custom_claims::list(tx, ClaimOwner::Group(group.id))?;
        Ok(Self { users: users::list_of_group(tx, group.id)?, group, claims })
    }

    /// The name of the group.
    pub fn group_name(&self) -> &GroupName {
        &self.group.name
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = GroupWithUsersView::of(&self.group, &self.users);
        view.with_custom_claims(self.claims.clone()).serialize(serializer)
    }
}

impl Outcome for Members {
    fn write_text(&self, page: &mut Page) {
        let users: Vec<_> = self.users.iter().map(|user| user.username.to_string()).collect();
        page.fields(&[
            ("Name", self.group.name.to_string()),
            ("Friendly name", self.group.friendly_name.to_string()),
            ("Members", or_none(&users)),
            ("Created", page.moment(self.group.created_at)),
            ("ID", self.group.id.to_string()),
        ]);
    }

    fn afterword(&self) -> Option<String> {
        let tell = || format!("\nTo fill it: pocketid group assign {} USER...", self.group.name);
        self.users.is_empty().then(tell)
    }
}
