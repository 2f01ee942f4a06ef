//! `pocketid user asserted-subject remove`

use serde::{Serialize, Serializer};

use super::super::super::{
    context::Context,
    error::CliError,
    names::find_user,
    removal::{self, Removal, RemovalOptions},
    removed::Removed,
};
use crate::{
    model::{AssertedSubject, view::AssertedSubjectView},
    operations::asserted_subjects,
    store::{self, Store, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid user asserted-subject remove alice https://login.example.org
  pocketid user asserted-subject remove alice https://login.example.org --yes --if-present

To keep the issuer out for good, let no client trust it:
  pocketid client trusted-issuer remove assistant --issuer https://login.example.org";

/// Forget which subject of an issuer stands for a user
///
/// The tokens that clients got with it end at once. The next assertion begins anew: whichever subject comes with the
/// verified email address of the user stands for them. So this is for a user who has another account at the issuer now.
/// On a terminal it asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Remove {
    /// Username, email or id
    #[arg(value_name = "USER")]
    user: String,
    /// Address of the issuer, or the id in the list
    #[arg(value_name = "ISSUER")]
    issuer: String,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The subject that was removed.
#[derive(Debug)]
pub struct GoneSubject(AssertedSubject);

impl Serialize for GoneSubject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        AssertedSubjectView::of(&self.0).serialize(serializer)
    }
}

impl Remove {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneSubject>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Remove {
    type Thing = AssertedSubject;
    type Gone = GoneSubject;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<AssertedSubject>, CliError> {
        let user = find_user(tx, &self.user)?;
        if let Ok(id) = self.issuer.parse()
            && let Some(subject) = store::asserted_subjects::find_of_user(tx, user.id, id)?
        {
            return Ok(Some(subject));
        }
        let all = asserted_subjects::list(tx, user.id)?;
        match &all.iter().filter(|one| one.issuer == self.issuer).collect::<Vec<_>>()[..] {
            [] => Ok(None),
            [subject] => Ok(Some((*subject).clone())),
            several => {
                let keys = several.iter().map(|one| format!("{} ({})", one.id, one.jwks_url));
                let keys: Vec<_> = keys.collect();
                let message =
                    format!("{} has named {} twice, with other keys", self.issuer, user.username);
                let hint = format!("give the id of the one you mean: {}", keys.join(", "));
                Err(CliError::refused(message).hint(hint))
            }
        }
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        let user = find_user(tx, &self.user)?;
        let message = format!("no subject of {} stands for {}", self.issuer, user.username);
        let list = format!("pocketid user asserted-subject list {}", user.username);
        Ok(CliError::refused(message).hint(format!("to list those that do: {list}")))
    }

    fn consequence(&self, subject: &AssertedSubject) -> String {
        format!(
            "This ends the tokens of {} that clients got with assertions of {}. The next assertion begins anew: any \
             account there with the verified email of {0} can stand for them then.",
            subject.username, subject.issuer
        )
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        subject: AssertedSubject,
    ) -> Result<GoneSubject, CliError> {
        let user_id = subject.user_id;
        let removed = ctx
            .act(store, subject.id, move |act, id| asserted_subjects::remove(act, user_id, *id))?;
        ctx.report().note(format!(
            "No subject of {} stands for {} any more.",
            removed.issuer, removed.username
        ));
        Ok(GoneSubject(removed))
    }
}
