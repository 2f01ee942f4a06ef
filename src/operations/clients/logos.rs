//! Logos of a client.

use super::{Act, Noun, Refusal, audit, change::ClientChange, require};
use crate::{
    model::{ClientId, EventKind, Image, Theme},
    operations::{Change, images::require_bearable},
    store::images,
};

/// Sets or replaces the logo of a client for a theme.
pub fn set_logo(
    act: &mut Act<'_, '_>,
    id: &ClientId,
    theme: Theme,
    logo: &Image,
) -> Result<(), Refusal> {
    let client = require(act, id)?;
    require_bearable(logo, Image::MAX_SIZE)?;
    images::set_client_logo(act, id, theme, logo)?;
    Ok(audit(act, EventKind::ClientChanged, &client, [("changed", name(theme).to_owned())])?)
}

/// Deletes the logo of a client for a theme. Refused when there is none.
pub fn delete_logo(act: &mut Act<'_, '_>, id: &ClientId, theme: Theme) -> Result<(), Refusal> {
    let client = require(act, id)?;
    if !images::delete_client_logo(act, id, theme)? {
        return Err(Refusal::NotFound(Noun::Logo));
    }
    Ok(audit(act, EventKind::ClientChanged, &client, [("changed", name(theme).to_owned())])?)
}

/// Stores the logos of a change. Returns the field names of those that changed.
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
            Some(logo) => {
                require_bearable(logo, Image::MAX_SIZE)?;
                images::set_client_logo(act, id, theme, logo)?;
            }
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
