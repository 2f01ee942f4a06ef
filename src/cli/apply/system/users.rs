//! Users, with their claims.

use serde_json::Value;

use super::{Tools, changed, parse};
use crate::{
    cli::{
        apply::{
            document::{Entity, Kind, sorted},
            extent::Extent,
            plan::{Action, Step},
        },
        error::CliError,
        names::refuse_taken,
    },
    model::{ClaimName, ClaimOwner, CustomClaim, EmailAddress, EventKind, User, UserId, Username},
    store::{StoreError, Tx, custom_claims, sign_out, users},
};

/// Reads users a page at a time; those that are not wanted whole are names only.
pub fn read(tx: &mut Tx<'_>, extent: &Extent) -> Result<Vec<Entity>, StoreError> {
    let mut things = Vec::new();
    let mut last = String::new();
    loop {
        let page = users::list_after(tx, &last)?;
        let Some(user) = page.last() else { return Ok(things) };
        last = user.username.folded();
        for user in &page {
            things.push(match extent.has_whole(user) {
                true => whole(tx, user)?,
                false => Entity::new(Kind::User, user.username.as_str()),
            });
        }
    }
}

fn whole(tx: &mut Tx<'_>, user: &User) -> Result<Entity, StoreError> {
    let claims = claims(tx, ClaimOwner::User(user.id))?;
    let thing = Entity::new(Kind::User, user.username.as_str())
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
    Ok(thing)
}

pub fn remove(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    let id: UserId = parse(step.new.text("id").unwrap_or_default())?;
    sign_out::end_everything_of(tx, id, || tools.new_id(), tools.now)?;
    users::delete(tx, id)?;
    let data = [("userID", id.to_string()), ("username", step.key().to_owned())];
    Ok(tools.note(tx, (EventKind::AccountDeleted, None), data)?)
}

/// Lets go of a name and an address that become others: another account may be about to get them.
pub fn make_way(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    if !step.changes("username") && !step.changes("email") {
        return Ok(());
    }
    let id = step.old.as_ref().and_then(|old| old.text("id")).unwrap_or_default();
    let Some(mut user) = users::find(tx, parse(id)?)? else { return Ok(()) };
    if step.changes("username") {
        user.username = parse(&format!("renamed-{id}"))?;
    }
    if step.changes("email") {
        user.email = None;
    }
    Ok(users::update(tx, &user, tools.now)?)
}

pub fn set(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    let old = match step.old.as_ref().and_then(|old| old.text("id")) {
        Some(id) => users::find(tx, parse(id)?)?,
        None => None,
    };
    let is_new = old.is_none();
    let was_disabled = old.as_ref().is_some_and(|user| user.disabled);
    let mut user = fill(step, old.clone().map_or_else(|| fresh(tools, step), Ok)?)?;
    if step.changes("email") && step.new.get("emailVerified").is_none() {
        // What was proven is another email. The setting emailsVerified is not looked at: an export leaves
        // out what is false, and has to mean that.
        user.email_verified = false;
    }
    refuse_taken(tx, &user, old.as_ref())?;
    match is_new {
        true => users::insert(tx, &user)?,
        false => users::update(tx, &user, tools.now)?,
    }
    // Also of somebody who may sign in again, as `user enable` does it: what there was before stays ended.
    if user.disabled != was_disabled && !is_new {
        sign_out::end_everything_of(tx, user.id, || tools.new_id(), tools.now)?;
    }
    if step.changes("customClaims") {
        set_claims(tx, ClaimOwner::User(user.id), step.new.list("customClaims"))?;
    }
    let about = Some(user.id);
    match step.action {
        Action::Create => {
            let data = [("username", user.username.to_string())];
            tools.note(tx, (EventKind::AccountCreated, about), data)?;
        }
        _ => tools.note(tx, (EventKind::AccountChanged, about), [("changed", changed(step))])?,
    }
    Ok(())
}

fn fresh(tools: &Tools<'_>, step: &Step) -> Result<User, StoreError> {
    let id = step.new.text("id").map(parse).transpose()?;
    Ok(User {
        id: id.unwrap_or_else(|| UserId(tools.new_id())),
        username: parse(&step.new.key)?,
        email: None,
        email_verified: false,
        first_name: parse("")?,
        last_name: parse("")?,
        display_name: parse("")?,
        is_admin: false,
        disabled: false,
        locale: None,
        created_at: tools.now,
        updated_at: tools.now,
    })
}

/// Puts what the file says into an account.
fn fill(step: &Step, mut user: User) -> Result<User, StoreError> {
    for (field, (value, _)) in &step.new.fields {
        let (text, flag) = (value.as_str(), value == &Value::Bool(true));
        match (*field, text) {
            ("username", Some(text)) => user.username = parse::<Username>(text)?,
            ("email", text) => user.email = text.map(parse::<EmailAddress>).transpose()?,
            ("emailVerified", _) => user.email_verified = flag,
            ("firstName", Some(text)) => user.first_name = parse(text)?,
            ("lastName", Some(text)) => user.last_name = parse(text)?,
            ("displayName", Some(text)) => user.display_name = parse(text)?,
            ("isAdmin", _) => user.is_admin = flag,
            ("disabled", _) => user.disabled = flag,
            ("locale", text) => user.locale = text.map(str::to_owned),
            _ => {}
        }
    }
    Ok(user)
}

/// The claims of an owner, as the document has them.
pub fn claims(tx: &mut Tx<'_>, owner: ClaimOwner) -> Result<Vec<Value>, StoreError> {
    let claims = custom_claims::list(tx, owner)?;
    let claims = claims.iter().map(|claim| serde_json::to_value(claim).unwrap_or_default());
    Ok(sorted(claims.collect(), Some("key")))
}

/// Gives an owner these claims, and takes all others.
pub fn set_claims(tx: &mut Tx<'_>, owner: ClaimOwner, claims: &[Value]) -> Result<(), StoreError> {
    let text = |claim: &Value, name: &str| claim[name].as_str().unwrap_or_default().to_owned();
    let names: Vec<ClaimName> =
        claims.iter().map(|claim| parse(&text(claim, "key"))).collect::<Result<_, _>>()?;
    for old in custom_claims::list(tx, owner)? {
        if !names.contains(&old.name) {
            custom_claims::delete(tx, owner, &old.name)?;
        }
    }
    for (name, claim) in names.into_iter().zip(claims) {
        custom_claims::set(tx, owner, &CustomClaim { name, value: parse(&text(claim, "value"))? })?;
    }
    Ok(())
}
