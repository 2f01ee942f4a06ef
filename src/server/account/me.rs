//! `/api/users/me` (Pocket ID 2.14)

use serde::Deserialize;

use crate::{
    model::{
        AppConfig, ClaimOwner, DisplayName, EmailAddress, EventKind, PersonName, Timestamp, User,
        UserId, Username, text::TextError, view::UserView,
    },
    operations::users::refuse_taken,
    server::{
        account::fresh_passkey::{AccountChange, Asker},
        http::{ApiError, Request, Response, api_error::FieldError},
        messages::Locale,
    },
    store::{StoreError, audit_events, custom_claims, groups, users},
};

/// `GET`: who is signed in.
pub(in crate::server) async fn show(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let user_id = req.who.user.id;
    let owner = ClaimOwner::User(user_id);
    let read = req.app.store().read(move |tx| {
        Ok::<_, StoreError>((groups::list_of_user(tx, user_id)?, custom_claims::list(tx, owner)?))
    });
    let (groups, claims) = read.await?;
    Ok(Response::json(&UserView::of(&req.who.user, &groups).with_custom_claims(claims)))
}

/// The body of `PUT`, and of the set-up; what else the API knows of a user is not theirs to change.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct Profile {
    #[serde(default)]
    username: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    locale: Option<String>,
}

/// A profile whose every field is valid.
#[derive(Debug)]
pub(in crate::server) struct CheckedProfile {
    username: Username,
    email: Option<EmailAddress>,
    first_name: PersonName,
    last_name: PersonName,
    display_name: DisplayName,
    locale: Option<String>,
    emails_verified: bool,
}

impl Profile {
    /// Checks every field, and names all that are wrong.
    pub(in crate::server) fn check(&self, config: &AppConfig) -> Result<CheckedProfile, ApiError> {
        let mut faults = Vec::new();
        let full_name = format!("{} {}", self.first_name, self.last_name);
        let display_name = self.display_name.as_deref().unwrap_or(full_name.trim());
        let profile = (
            collect(&mut faults, "username", self.username.parse()),
            collect(&mut faults, "email", self.checked_email(config)),
            collect(&mut faults, "firstName", self.first_name.parse()),
            collect(&mut faults, "lastName", self.last_name.parse()),
            collect(&mut faults, "displayName", display_name.parse()),
            collect(&mut faults, "locale", self.checked_locale()),
        );
        match profile {
            (
                Some(username),
                Some(email),
                Some(first_name),
                Some(last_name),
                Some(display_name),
                Some(locale),
            ) => Ok(CheckedProfile {
                username,
                email,
                first_name,
                last_name,
                display_name,
                locale,
                emails_verified: config.emails_verified(),
            }),
            _ => Err(ApiError::validation(faults)),
        }
    }

    fn checked_email(&self, config: &AppConfig) -> Result<Option<EmailAddress>, TextError> {
        match self.email.as_deref().filter(|email| !email.trim().is_empty()) {
            None if config.require_user_email() => Err(TextError::required()),
            email => email.map(str::parse).transpose(),
        }
    }

    fn checked_locale(&self) -> Result<Option<String>, TextError> {
        match self.locale.as_deref() {
            None | Some("") => Ok(None),
            Some(tag) => match Locale::from_tag(tag) {
                Some(locale) => Ok(Some(locale.tag().to_owned())),
                None => Err(TextError::format("is not a language of these pages")),
            },
        }
    }
}

impl CheckedProfile {
    /// Puts it into an account.
    fn apply(&self, user: &mut User) {
        if user.email != self.email {
            user.email_verified = self.emails_verified;
        }
        user.username = self.username.clone();
        user.email = self.email.clone();
        user.first_name = self.first_name.clone();
        user.last_name = self.last_name.clone();
        user.display_name = self.display_name.clone();
        user.locale = self.locale.clone();
    }

    /// A new account with this profile.
    pub(in crate::server) fn into_user(self, id: UserId, is_admin: bool, now: Timestamp) -> User {
        User {
            id,
            username: self.username,
            email: self.email,
            email_verified: self.emails_verified,
            first_name: self.first_name,
            last_name: self.last_name,
            display_name: self.display_name,
            is_admin,
            disabled: false,
            locale: self.locale,
            created_at: now,
            updated_at: now,
        }
    }
}

/// What somebody may change of themselves.
enum Change {
    Locale(Option<String>),
    Profile(CheckedProfile),
}

/// `PUT`: another profile. Where people may not edit their own, the language is still theirs.
pub(in crate::server) async fn update(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?.json::<Profile>().await?;
    let config = req.app.config();
    let change = match config.allow_own_account_edit() {
        true => Change::Profile(req.body.check(&config)?),
        false => {
            Change::Locale(req.body.checked_locale().map_err(|e| ApiError::field("locale", e))?)
        }
    };
    let (user_id, now) = (req.who.user.id, req.head.now);
    let kind = EventKind::AccountChanged;
    let event = req.app.audit_event(kind, Some(user_id), req.head.actor(), now);
    let how = req.who.audit_data();
    let asker = Asker::of(&req);
    let updated = req.app.store().write(move |tx| {
        let mut user = users::find(tx, user_id)?.ok_or_else(ApiError::not_signed_in)?;
        let old = user.clone();
        match &change {
            Change::Profile(profile) => profile.apply(&mut user),
            Change::Locale(locale) => user.locale.clone_from(locale),
        }
        let kind = match (&user.username, &user.email) == (&old.username, &old.email) {
            true => AccountChange::ChangeProfile,
            false => AccountChange::ChangeLoginNames,
        };
        kind.allow(tx, &asker)?;
        let changed = changed(&old, &user);
        if changed.is_empty() {
            return Ok(user);
        }
        refuse_taken(tx, &user, Some(&old))?;
        users::update(tx, &user, now)?;
        let mut event = event.clone();
        event.data.insert("changed", changed);
        event.data.extend(how.clone());
        audit_events::insert(tx, &event)?;
        Ok::<_, ApiError>(user)
    });
    Ok(Response::json(&UserView::of(&updated.await?, &[])))
}

/// The names of the fields that are another than before, for the audit log.
fn changed(old: &User, new: &User) -> String {
    let fields = [
        ("username", old.username != new.username),
        ("email", old.email != new.email),
        ("firstName", old.first_name != new.first_name),
        ("lastName", old.last_name != new.last_name),
        ("displayName", old.display_name != new.display_name),
        ("locale", old.locale != new.locale),
    ];
    let names: Vec<_> =
        fields.iter().filter(|(_, is_other)| *is_other).map(|(name, _)| *name).collect();
    names.join(" ")
}

fn collect<T>(
    faults: &mut Vec<FieldError>,
    field: &'static str,
    result: Result<T, TextError>,
) -> Option<T> {
    result.map_err(|error| faults.push(FieldError::new(field, error))).ok()
}
