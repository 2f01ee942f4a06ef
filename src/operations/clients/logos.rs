//! Logos of a client.

use super::{Act, Noun, Refusal, audit, change::ClientChange, require};
use crate::{
    model::{ClientId, EventKind, Image, Theme},
    operations::Change,
    store::images,
};

/// Gives a client a logo for a ground, in the place of the one that it had.
pub fn set_logo(
    act: &mut Act<'_, '_>,
    id: &ClientId,
    theme: Theme,
    logo: &Image,
) -> Result<(), Refusal> {
    let client = require(act, id)?;
    images::set_client_logo(act, id, theme, logo)?;
    Ok(audit(act, EventKind::ClientChanged, &client, [("changed", name(theme).to_owned())])?)
}

/// Takes from a client its logo for a ground. Refused when it has none.
pub fn delete_logo(act: &mut Act<'_, '_>, id: &ClientId, theme: Theme) -> Result<(), Refusal> {
    let client = require(act, id)?;
    if !images::delete_client_logo(act, id, theme)? {
        return Err(Refusal::NotFound(Noun::Logo));
    }
    Ok(audit(act, EventKind::ClientChanged, &client, [("changed", name(theme).to_owned())])?)
}

/// Stores the logos that a change sets. Returns the names of those that are others than before.
pub(super) fn replace_logos(
    act: &mut Act<'_, '_>,
    id: &ClientId,
    change: &ClientChange,
) -> Result<Vec<&'static str>, Refusal> {
    let mut changed = Vec::new();
    for (theme, logo) in [(Theme::Light, &change.logo), (Theme::Dark, &change.dark_logo)] {
        let Change::Set(logo) = logo else { continue };
        if images::find_client_logo(act, id, theme)? == *logo {
            continue;
        }
        match logo {
            Some(logo) => images::set_client_logo(act, id, theme, logo)?,
            None => drop(images::delete_client_logo(act, id, theme)?),
        }
        changed.push(name(theme));
    }
    Ok(changed)
}

fn name(theme: Theme) -> &'static str {
    match theme {
        Theme::Dark => "darkLogo",
        Theme::Light => "logo",
    }
}
