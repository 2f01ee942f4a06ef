//! Does what a plan says, in short transactions: sign-ins go on between them.

use super::{
    people::PersonProfile,
    step::{GroupStep, SyncPlan, SyncStep, SyncSum, UserStep},
    warnings::Warnings,
};
use crate::{
    model::{DirectoryId, FriendlyName, Group, GroupName, User, UserId},
    operations::{
        Act, By, Change, Refusal,
        groups::{self, GroupChange, GroupDraft},
        ssh::users::note_given_name,
        users::{self, LastAdministrator, UserChange, UserDraft},
    },
    store::{Store, StoreError, batches, directory},
};

/// How many accounts or memberships change in one transaction.
const BATCH: usize = 100;

/// The result of a sync.
#[derive(Debug, Default)]
pub struct SyncDone {
    /// How many steps of each kind were done.
    pub sum: SyncSum,
    /// How many accounts got another picture.
    pub pictures: usize,
    /// Skipped entries, with reasons.
    pub warnings: Warnings,
}

/// Why a step was skipped; `None` when it was done.
type Skipped = Option<String>;

/// Does the steps of a plan, one after the other.
pub fn apply(store: &Store, by: &By, plan: SyncPlan) -> Result<SyncDone, StoreError> {
    let mut work = Work { store, by, warnings: plan.warnings, done: Vec::new() };
    let mut steps = plan.steps.into_iter().peekable();
    let mut swaps = Vec::new();
    let mut batch = Vec::new();
    while let Some(step) = steps.next() {
        let is_swap = |step: &SyncStep| {
            matches!(step, SyncStep::User(UserStep::Change { swaps_names: true, .. }))
        };
        if is_swap(&step) {
            swaps.push(step);
            if !steps.peek().is_some_and(is_swap) {
                work.flush(&mut batch)?;
                work.swap(std::mem::take(&mut swaps))?;
            }
            continue;
        }
        match step {
            SyncStep::User(UserStep::Delete(user)) => {
                work.flush(&mut batch)?;
                work.delete(*user)?;
            }
            SyncStep::Group(step) => {
                work.flush(&mut batch)?;
                work.group(step)?;
            }
            step @ SyncStep::User(_) => batch.push(step),
        }
        if batch.len() >= BATCH {
            work.flush(&mut batch)?;
        }
    }
    work.flush(&mut batch)?;
    work.given_names(&plan.given_names)?;
    Ok(SyncDone { sum: SyncSum::of(&work.done), pictures: 0, warnings: work.warnings })
}

struct Work<'a> {
    store: &'a Store,
    by: &'a By,
    warnings: Warnings,
    done: Vec<SyncStep>,
}

/// Why a step was not done.
enum StepFault {
    Refused(Refusal),
    Store(StoreError),
}

impl From<Refusal> for StepFault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => Self::Store(error),
            refusal => Self::Refused(refusal),
        }
    }
}

impl From<StoreError> for StepFault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Work<'_> {
    /// Runs one transaction.
    fn write<I: Send + 'static, T: Send + 'static, E: From<StoreError> + Send + 'static>(
        &self,
        input: I,
        work: impl Fn(&mut Act<'_, '_>, &I) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.store.write_blocking(self.by.clone().act(input, work))
    }

    /// Notes what became of a step.
    fn note(&mut self, step: SyncStep, skipped: Skipped) {
        match skipped {
            Some(why) => self.warnings.add(format!("{} {}: {why}", step.kind(), step.name())),
            None => self.done.push(step),
        }
    }

    /// Does the steps of a batch in one transaction. A step that is refused changes nothing.
    fn flush(&mut self, batch: &mut Vec<SyncStep>) -> Result<(), StoreError> {
        let steps = std::mem::take(batch);
        if steps.is_empty() {
            return Ok(());
        }
        let (steps, skipped) = self.write((), move |act, ()| {
            let skipped = steps.iter().map(|step| match step {
                SyncStep::User(step) => user(act, step),
                SyncStep::Group(_) => Ok(None),
            });
            Ok::<_, StoreError>((steps.clone(), skipped.collect::<Result<Vec<_>, _>>()?))
        })?;
        for (step, skipped) in steps.into_iter().zip(skipped) {
            self.note(step, skipped);
        }
        Ok(())
    }

    /// Notes names that users have already.
    fn given_names(&self, users: &[User]) -> Result<(), StoreError> {
        users.chunks(BATCH).try_for_each(|part| {
            self.write(part.to_vec(), |act, users| {
                users.iter().try_for_each(|user| note_given_name(act, user))
            })
        })
    }

    /// Changes accounts whose names go round: all of them, or none.
    fn swap(&mut self, steps: Vec<SyncStep>) -> Result<(), StoreError> {
        let changed = self.write(steps.clone(), |act, steps| {
            let mut freed = Vec::new();
            for step in steps {
                if let SyncStep::User(UserStep::Change { before, .. }) = step {
                    freed.push(users::free_names(act, before.id)?);
                }
            }
            for (step, freed) in steps.iter().zip(freed) {
                if let SyncStep::User(UserStep::Change { before, profile, is_admin, .. }) = step {
                    let change = UserChange {
                        freed: Some(Box::new(freed)),
                        ..change(before, profile, *is_admin)
                    };
                    users::update(act, before.id, &change)?;
                }
            }
            Ok::<_, StepFault>(())
        });
        let skipped = match changed {
            Ok(()) => None,
            Err(StepFault::Refused(refusal)) => Some(reason(&refusal)),
            Err(StepFault::Store(error)) => return Err(error),
        };
        for step in steps {
            self.note(step, skipped.clone());
        }
        Ok(())
    }

    /// Deletes an account; first its grants, of which there may be many.
    fn delete(&mut self, user: User) -> Result<(), StoreError> {
        const STAYS: LastAdministrator = LastAdministrator::Stays;
        let id = user.id;
        let ended = self.write(id, |act, id| Ok(skip(users::end_access(act, *id, STAYS))?));
        let mut skipped = ended.map_err(|StepStore(error)| error)?;
        if skipped.is_none() {
            batches::delete_grants_of_user(self.store, id)?;
            let deleted = self.write(id, |act, id| Ok(skip(users::delete(act, *id, STAYS))?));
            skipped = deleted.map_err(|StepStore(error)| error)?;
        }
        self.note(SyncStep::User(UserStep::Delete(Box::new(user))), skipped);
        Ok(())
    }

    fn group(&mut self, step: GroupStep) -> Result<(), StoreError> {
        let skipped = match &step {
            GroupStep::Create { id, name, members } => {
                let draft = (id.clone(), name.clone());
                let created = self.write(draft, |act, (id, name)| {
                    let (name, ldap_id) = (name.clone(), Some(id.clone()));
                    let friendly_name = friendly(&name);
                    groups::create(act, &GroupDraft { id: None, name, friendly_name, ldap_id })
                });
                match created {
                    Ok(group) => {
                        self.members(&group, members, &[])?;
                        None
                    }
                    Err(Refusal::Store(error)) => return Err(error),
                    Err(refusal) => Some(reason(&refusal)),
                }
            }
            GroupStep::Rename { before, name } => {
                let (id, name) = (before.id, name.clone());
                let renamed = self.write(name, move |act, name| {
                    let change = GroupChange {
                        name: Change::Set(name.clone()),
                        friendly_name: Change::Set(friendly(name)),
                        freed_name: None,
                    };
                    Ok(skip(groups::update(act, id, &change))?)
                });
                renamed.map_err(|StepStore(error)| error)?
            }
            GroupStep::Delete(group) => {
                let deleted = self.write(group.id, groups::delete);
                match deleted {
                    Ok(deleted) => {
                        for client in deleted.closed_clients {
                            let name = &group.name;
                            self.warnings
                                .add(format!("client {client}: only group {name} could use it"));
                        }
                        None
                    }
                    Err(Refusal::Store(error)) => return Err(error),
                    Err(refusal) => Some(reason(&refusal)),
                }
            }
            GroupStep::Members { group, added, removed } => {
                self.members(group, added, removed)?;
                None
            }
        };
        self.note(SyncStep::Group(step), skipped);
        Ok(())
    }

    /// Adds and removes members. Those who have no account, or not any more, are passed over.
    fn members(
        &self,
        group: &Group,
        added: &[DirectoryId],
        removed: &[UserId],
    ) -> Result<(), StoreError> {
        for removed in removed.chunks(BATCH) {
            let input = (group.clone(), removed.to_vec());
            let written = self.write(input, |act, (group, removed)| {
                for user in removed {
                    skip(groups::remove_member(act, group, *user))?;
                }
                Ok(())
            });
            written.map_err(|StepStore(error)| error)?;
        }
        for added in added.chunks(BATCH) {
            let input = (group.clone(), added.to_vec());
            let written = self.write(input, |act, (group, added)| {
                // The group may have been deleted meanwhile.
                if groups::require(act, group.id).is_err() {
                    return Ok(());
                }
                for id in added {
                    if let Some(user) = directory::find_user(act, id)? {
                        skip(groups::add_member(act, group, user))?;
                    }
                }
                Ok(())
            });
            written.map_err(|StepStore(error)| error)?;
        }
        Ok(())
    }
}

/// An error of the database; refusals are values here.
struct StepStore(StoreError);

impl From<StoreError> for StepStore {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

/// Makes a refusal a reason for skipping the step.
fn skip<T>(result: Result<T, Refusal>) -> Result<Skipped, StoreError> {
    match result {
        Ok(_) => Ok(None),
        Err(Refusal::Store(error)) => Err(error),
        Err(refusal) => Ok(Some(reason(&refusal))),
    }
}

fn reason(refusal: &Refusal) -> String {
    match refusal {
        Refusal::AccountName(_) => "another account has its username or its email".to_owned(),
        Refusal::GroupNameInUse(_) => "another group has its name".to_owned(),
        Refusal::LastAdministrator(_) => {
            "it is the last administrator who can sign in, and stays one".to_owned()
        }
        Refusal::NotFound(_) => "it is gone".to_owned(),
        Refusal::Field { field, error } => format!("{field} {error}"),
        refusal => format!("{refusal:?}"),
    }
}

/// Does a step of a user, except for a deletion.
fn user(act: &mut Act<'_, '_>, step: &UserStep) -> Result<Skipped, StoreError> {
    match step {
        UserStep::Create { id, profile, is_admin } => {
            let draft = UserDraft {
                email: profile.email.clone(),
                email_verified: profile.email.is_some(),
                first_name: profile.first_name.clone(),
                last_name: profile.last_name.clone(),
                display_name: Some(profile.display_name.clone()),
                is_admin: *is_admin,
                ldap_id: Some(id.clone()),
                ..UserDraft::new(profile.username.clone())
            };
            skip(users::create(act, &draft, None))
        }
        UserStep::Change { before, profile, is_admin, .. } => {
            let change = change(before, profile, *is_admin);
            match users::update(act, before.id, &change) {
                // The rest of the change is done.
                Err(refusal @ Refusal::LastAdministrator(_)) => {
                    let change = UserChange { is_admin: Change::Keep, ..change };
                    let rest = skip(users::update(act, before.id, &change))?;
                    Ok(rest.or_else(|| Some(reason(&refusal))))
                }
                result => skip(result),
            }
        }
        UserStep::Disable(user) => {
            skip(users::set_disabled(act, user.id, true, LastAdministrator::Stays))
        }
        UserStep::Delete(_) => Ok(None),
    }
}

/// The change of an account. Its language stays.
fn change(before: &User, profile: &PersonProfile, is_admin: bool) -> UserChange {
    UserChange {
        username: Change::Set(profile.username.clone()),
        email: Change::Set(profile.email.clone()),
        email_verified: Change::Set(profile.email.is_some()),
        first_name: Change::Set(profile.first_name.clone()),
        last_name: Change::Set(profile.last_name.clone()),
        display_name: Change::Set(profile.display_name.clone()),
        is_admin: Change::Set(is_admin),
        disabled: if before.disabled { Change::Set(false) } else { Change::Keep },
        ..UserChange::none()
    }
}

/// The display name of a group is its name, which was checked when it was read.
fn friendly(name: &GroupName) -> FriendlyName {
    name.as_str().parse().unwrap_or_else(|_| "Group".parse().expect("a name"))
}
