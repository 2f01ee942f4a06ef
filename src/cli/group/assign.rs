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
    model::{
        Group, GroupName,
        view::{GroupParts, GroupWithUsersView},
    },
    operations::groups as operations,
    store::{StoreError, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid group assign staff alice bob
  pocketid group assign staff alice@example.com";

/// Put users into a group
///
/// All of them or none: a wrong name changes nothing. Users who are in the group already stay in
/// it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Assign {
    /// Name or id of the group
    #[arg(value_name = "GROUP")]
    group: String,
    /// Usernames, emails or ids
    #[arg(value_name = "USER", required = true)]
    users: Vec<String>,
}

/// A group with its members.
#[derive(Debug)]
pub struct GroupMembers(GroupParts);

impl Assign {
    pub fn run(self, ctx: &Context) -> Result<GroupMembers, CliError> {
        let names = (self.group, self.users);
        let (members, already) = ctx.act(ctx.existing_store()?, names, |act, (group, users)| {
            let group = find_group(act, group)?;
            let mut already = Vec::new();
            for name in users {
                let user = find_user(act, name)?;
                if !operations::add_member(act, &group, user.id)? {
                    already.push(user.username.to_string());
                }
            }
            Ok::<_, CliError>((GroupMembers::load(act, group)?, already))
        })?;
        for name in already {
            ctx.report().note(format!("{name} was already in {}.", members.group_name()));
        }
        Ok(members)
    }
}

impl GroupMembers {
    /// Loads the members of a group.
    pub fn load(tx: &mut Tx<'_>, group: Group) -> Result<Self, StoreError> {
        operations::load(tx, group).map(Self)
    }

    /// The name of the group.
    pub fn group_name(&self) -> &GroupName {
        &self.0.group.name
    }
}

impl Serialize for GroupMembers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        GroupWithUsersView::of(&self.0).serialize(serializer)
    }
}

impl Outcome for GroupMembers {
    fn write_text(&self, page: &mut Page) {
        let users: Vec<_> = self.0.users.iter().map(|user| user.username.to_string()).collect();
        page.fields(&[
            ("Name", self.0.group.name.to_string()),
            ("Friendly name", self.0.group.friendly_name.to_string()),
            ("Members", or_none(&users)),
            ("Created", page.moment(self.0.group.created_at)),
            ("ID", self.0.group.id.to_string()),
        ]);
    }

    fn afterword(&self) -> Option<String> {
        let tell = || format!("\nTo fill it: pocketid group assign {} USER...", self.0.group.name);
        self.0.users.is_empty().then(tell)
    }
}
