//! `pocketid group assign`

use serde::{Serialize, Serializer};

use super::super::{
    context::Context,
    error::CliError,
    names::{find_group, find_user},
    page::{Page, or_none},
    report::Outcome,
    until::{self, Until},
};
use crate::{
    model::{
        Group, GroupName, Timestamp, User,
        view::{GroupParts, GroupWithUsersView},
    },
    operations::groups as operations,
    store::{StoreError, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid group assign staff alice bob
  pocketid group assign staff alice@example.com
  pocketid group assign admins bob --until 8h
  pocketid group assign family carol --until 2027-01-31
  pocketid group assign family carol --until never";

/// Put users into a group
///
/// All of them or none: a wrong name changes nothing. Users who are in the group already stay in
/// it.
///
/// With --until, the memberships end at that time. From then on, the users are refused by clients and
/// hosts that are restricted to the group, and the tokens of these clients end. Other clients see the
/// change in UserInfo at once, and in ID tokens when they get the next one. For users who are in the
/// group already, --until sets another end, and --until never removes it.
///
/// Users whose membership has ended are added again without an end, unless --until gives one.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Assign {
    /// Name or id of the group
    #[arg(value_name = "GROUP")]
    group: String,
    /// Usernames, emails or ids
    #[arg(value_name = "USER", required = true)]
    users: Vec<String>,
    /// When the memberships end: a duration (8h, 30d), a time such as 2026-12-31T18:00:00Z, never, or a
    /// date, whose day is not included: 2026-12-31 ends when that day begins in UTC
    #[arg(long, value_name = "WHEN", value_parser = until::parse)]
    until: Option<Until>,
}

/// A group with its members.
#[derive(Debug)]
pub struct GroupMembers(GroupParts);

impl Assign {
    pub fn run(self, ctx: &Context) -> Result<GroupMembers, CliError> {
        let (members, already) = ctx.act(ctx.existing_store()?, self, |act, command| {
            let group = find_group(act, &command.group)?;
            let end = command.until.map(|until| until.end(act.now()));
            let mut already = Vec::new();
            for name in &command.users {
                let user = find_user(act, name)?;
                let is_new = operations::add_member(act, &group, user.id)?;
                let is_changed = match end {
                    Some(end) => operations::set_end(act, &group, &user, end)?,
                    None => false,
                };
                if !is_new && !is_changed {
                    already.push(user.username.to_string());
                }
            }
            let now = act.now();
            Ok::<_, CliError>((GroupMembers::load(act, group, now)?, already))
        })?;
        for name in already {
            ctx.report().note(format!("{name} was already in {}.", members.group_name()));
        }
        Ok(members)
    }
}

impl GroupMembers {
    /// Loads the members of a group.
    pub fn load(tx: &mut Tx<'_>, group: Group, now: Timestamp) -> Result<Self, StoreError> {
        operations::load(tx, group, now).map(Self)
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
        let member = |user: &User| match self.0.ends.get(&user.id) {
            Some(end) => format!("{} (until {})", user.username, page.moment(*end)),
            None => user.username.to_string(),
        };
        let users: Vec<_> = self.0.users.iter().map(member).collect();
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
