//! Users, with their claims.

use serde_json::Value;

use super::{
    tools::Tools,
    values::{checked, flag, jwks, optional, parse, required},
};
use crate::{
    configuration::{
        document::{Entity, EntityKind, VALUE, sorted},
        error::Error,
        extent::Extent,
        step::{Action, PlanStep},
    },
    model::{
        ClaimOwner, ClientKeys, ConfigKey, CustomClaim, EmailAddress, PersonName, User, UserId,
    },
    operations::{
        self, Act, Change,
        app_config::Keeper,
        services::{self, ServiceChange, ServiceDraft},
        users::{self, LastAdministrator, UserChange, UserDraft},
    },
    store::{self, StoreError, Tx, app_config::StoredValue, custom_claims},
};

/// Reads users a page at a time; users outside the extent are read by name only.
pub fn read(tx: &mut Tx<'_>, extent: &Extent) -> Result<Vec<Entity>, StoreError> {
    let mut things = Vec::new();
    let mut last = String::new();
    loop {
        let page = store::users::list_after(tx, &last)?;
        let Some(user) = page.last() else { return Ok(things) };
        last = user.username.folded();
        // The account of `STATIC_API_KEY` exists only while that key is configured.
        for user in page.iter().filter(|user| user.id != UserId::STATIC) {
            things.push(if extent.has_whole(user) {
                whole(tx, user)?
            } else {
                Entity::new(EntityKind::User, user.username.as_str())
            });
        }
    }
}

fn whole(tx: &mut Tx<'_>, user: &User) -> Result<Entity, StoreError> {
    let claims = claims(tx, ClaimOwner::User(user.id))?;
    let thing = Entity::new(EntityKind::User, user.username.as_str())
        .with("username", user.username.as_str())
        .with("id", user.id.to_string())
        .with("email", user.email.as_ref().map(EmailAddress::as_str))
        .with("emailVerified", user.email_verified)
        .with("firstName", user.first_name.as_str())
        .with("lastName", user.last_name.as_str())
        .with("displayName", user.display_name.as_str())
        .with("isAdmin", user.is_admin)
        .with("disabled", user.disabled)
        .with("locale", user.locale.clone())
        .with("customClaims", claims);
    let Some(identity) = store::services::find(tx, user.id)? else { return Ok(thing) };
    let json = |value: Result<Value, serde_json::Error>| value.unwrap_or_default();
    let issuers = identity.keys.federated_identities.iter();
    let issuers = issuers.map(|one| json(serde_json::to_value(one))).collect();
    let thing = thing
        .with("userType", user.user_type.as_str())
        .with("jwks", identity.keys.jwks.map(|set| json(serde_json::to_value(set))))
        .with("federatedIdentities", sorted(issuers, None));
    Ok(thing)
}

pub fn remove(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<(), Error> {
    let id = parse(step.new.text("id").unwrap_or_default())?;
    users::delete(act, id, LastAdministrator::IsCheckedLater)?;
    Ok(())
}

/// Frees the username and the email of an account that gets new ones: another account may take
/// them. Returns the account as it was.
pub fn make_way(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<Option<User>, Error> {
    match old_id(step)? {
        Some(id) if step.changes("username") || step.changes("email") => {
            Ok(Some(users::free_names(act, id)?))
        }
        _ => Ok(None),
    }
}

/// Further inputs for saving an account.
pub struct Beside<'a> {
    /// The account before its names were freed.
    pub freed: Option<&'a User>,
    /// Whether new emails count as verified where the file does not say.
    pub emails_verified: bool,
}

pub fn set(
    act: &mut Act<'_, '_>,
    tools: &Tools<'_>,
    step: &PlanStep,
    beside: &Beside<'_>,
) -> Result<(), Error> {
    let user_id = match old_id(step)? {
        Some(id) => users::update(act, id, &change(&step.new, beside)?)?.user.id,
        None if step.new.text("userType").is_some() => {
            let user = draft(&step.new, beside)?;
            let draft = ServiceDraft {
                user,
                keys: ClientKeys::default(),
                clients: Vec::new(),
                issuer: tools.issuer.to_owned(),
            };
            services::create(act, &draft)?.user.id
        }
        None => users::create(act, &draft(&step.new, beside)?, None)?.id,
    };
    if OF_SERVICES.iter().any(|field| step.changes(field)) {
        // Refused for a person, who does not become a service.
        services::update(act, user_id, &credentials(tools, &step.new)?)?;
    }
    if step.changes("customClaims") {
        set_claims(act, ClaimOwner::User(user_id), step.new.list("customClaims"))?;
    }
    Ok(())
}

/// The fields of services.
const OF_SERVICES: [&str; 3] = ["userType", "jwks", "federatedIdentities"];

/// Converts a file entry to a change of the credentials of a service. Its clients name it.
fn credentials(tools: &Tools<'_>, entry: &Entity) -> Result<ServiceChange, StoreError> {
    Ok(ServiceChange {
        jwks: jwks(entry)?,
        federated_identities: checked(entry, "federatedIdentities")?,
        clients: Change::Keep,
        issuer: tools.issuer.to_owned(),
    })
}

/// The value of the setting `emailsVerified` after all steps.
pub fn emails_verified(
    tx: &mut Tx<'_>,
    tools: &Tools<'_>,
    steps: &[PlanStep],
) -> Result<bool, StoreError> {
    if matches!(tools.app_config, Keeper::Environment) {
        return Ok(tools.emails_verified_elsewhere);
    }
    let key = ConfigKey::EmailsVerified.name();
    let of_key = |step: &&PlanStep| step.kind == EntityKind::Setting && step.key() == key;
    match steps.iter().find(of_key) {
        Some(step) if step.action == Action::Remove => Ok(false),
        Some(step) => Ok(step.new.text(VALUE) == Some("true")),
        None => Ok(store::app_config::list(tx)?.iter().any(|entry| {
            entry.key == key && matches!(&entry.value, StoredValue::Plain(text) if text == "true")
        })),
    }
}

/// The id of the existing account; `None` if it is new.
fn old_id(step: &PlanStep) -> Result<Option<UserId>, StoreError> {
    step.old.as_ref().and_then(|old| old.text("id")).map(parse).transpose()
}

/// Converts a file entry to a change of an existing account.
fn change(entry: &Entity, beside: &Beside<'_>) -> Result<UserChange, StoreError> {
    Ok(UserChange {
        username: Change::Set(parse(&entry.key)?),
        email: optional(entry, "email")?,
        email_verified: flag(entry, "emailVerified").into(),
        is_new_email_verified: beside.emails_verified,
        first_name: required(entry, "firstName")?,
        last_name: required(entry, "lastName")?,
        display_name: required(entry, "displayName")?,
        is_admin: flag(entry, "isAdmin").into(),
        disabled: flag(entry, "disabled").into(),
        locale: optional(entry, "locale")?,
        last_administrator: LastAdministrator::IsCheckedLater,
        freed: beside.freed.cloned().map(Box::new),
    })
}

/// Converts a file entry to a new account.
fn draft(entry: &Entity, beside: &Beside<'_>) -> Result<UserDraft, StoreError> {
    let text = |name: &str| entry.text(name);
    Ok(UserDraft {
        id: text("id").map(parse).transpose()?,
        email: text("email").map(parse).transpose()?,
        email_verified: flag(entry, "emailVerified").unwrap_or(beside.emails_verified),
        first_name: text("firstName").map_or_else(|| Ok(PersonName::empty()), parse)?,
        last_name: text("lastName").map_or_else(|| Ok(PersonName::empty()), parse)?,
        display_name: text("displayName").map(parse).transpose()?,
        is_admin: flag(entry, "isAdmin").unwrap_or_default(),
        disabled: flag(entry, "disabled").unwrap_or_default(),
        locale: text("locale").map(str::to_owned),
        ..UserDraft::new(parse(&entry.key)?)
    })
}

/// The claims of an owner, as JSON for the document.
pub fn claims(tx: &mut Tx<'_>, owner: ClaimOwner) -> Result<Vec<Value>, StoreError> {
    let claims = custom_claims::list(tx, owner)?;
    let claims = claims.iter().map(|claim| serde_json::to_value(claim).unwrap_or_default());
    Ok(sorted(claims.collect(), Some("key")))
}

/// Replaces an owner's claims.
pub fn set_claims(act: &mut Act<'_, '_>, owner: ClaimOwner, claims: &[Value]) -> Result<(), Error> {
    let text = |claim: &Value, name: &str| claim[name].as_str().unwrap_or_default().to_owned();
    let claim = |claim: &Value| {
        let (name, value) = (parse(&text(claim, "key"))?, parse(&text(claim, "value"))?);
        Ok::<_, StoreError>(CustomClaim { name, value })
    };
    let wanted: Vec<_> = claims.iter().map(claim).collect::<Result<_, _>>()?;
    operations::custom_claims::set(act, owner, &wanted)?;
    Ok(())
}
