//! The application configuration.

use std::collections::{BTreeMap, BTreeSet};

use super::{Contents, ImportFault, actors::Actors, releases, tables::Tables};
use crate::{
    crypto::Secret,
    model::{ConfigKey, GroupId},
};

/// The key of the table `kv` with the settings at the upgrade to 2.12.
const MIGRATED: &str = "config_migrated";

/// The settings by their names in Pocket ID. Their case depends on the release.
#[derive(Debug)]
pub(super) struct PocketIdSettings(Vec<(String, Secret)>);

impl PocketIdSettings {
    /// Finds the settings. The older places are left as they were at an upgrade, so the newest
    /// counts.
    pub(super) fn find(actors: &Actors, tables: &Tables) -> Result<Self, ImportFault> {
        if let Some(settings) = actors.settings() {
            return Ok(Self(settings.to_vec()));
        }
        let rows = tables.rows("app_config_variables");
        if rows.is_empty() {
            return migrated(tables).map(Self);
        }
        let rows = rows.iter().map(|row| {
            let value = row.text_opt("value")?.unwrap_or_default();
            Ok((row.text("key")?.to_owned(), Secret::new(value)))
        });
        rows.collect::<Result<_, ImportFault>>().map(Self)
    }

    /// The value of a setting.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.expose())
    }
}

fn migrated(tables: &Tables) -> Result<Vec<(String, Secret)>, ImportFault> {
    let Some(json) = tables.kv(MIGRATED)? else { return Ok(Vec::new()) };
    let map: BTreeMap<String, String> = serde_json::from_str(json)
        .map_err(|error| ImportFault::malformed(&format!("kv {MIGRATED}"), error))?;
    Ok(map.into_iter().map(|(name, text)| (name, Secret::new(text))).collect())
}

/// The ids that the installation may have, the newest place first. The signing key is encrypted with
/// one of them.
pub(super) fn instance_ids(tables: &Tables) -> Result<Vec<String>, ImportFault> {
    let mut ids = Vec::new();
    ids.extend(tables.kv("instance_id")?.map(str::to_owned));
    for row in tables.rows("app_config_variables") {
        if row.text("key")? == "instanceId" {
            ids.extend(row.text_opt("value")?.map(str::to_owned));
        }
    }
    let is_id = |(name, _): &(String, Secret)| name == "instanceId";
    // A newer place may have replaced these settings long ago, so faults in them do not matter here.
    let of_upgrade = migrated(tables).unwrap_or_default().into_iter().find(is_id);
    ids.extend(of_upgrade.map(|(_, id)| id.expose().to_owned()));
    Ok(ids)
}

pub(super) fn read(out: &mut Contents, settings: PocketIdSettings) {
    let (groups, mut seen) = (out.group_ids(), BTreeSet::new());
    for (name, value) in settings.0 {
        if releases::is_former_setting(&name) {
            continue;
        }
        let newest = releases::newest_setting(&name);
        let known = ConfigKey::ALL.iter().find(|key| key.name().eq_ignore_ascii_case(newest));
        let Some(key) = known.copied() else {
            out.leave_out("setting", name, "this setting does not exist here");
            continue;
        };
        let is_default = matches!(value.expose(), "") || value.expose() == key.default_value();
        if is_default {
            continue;
        }
        if !seen.insert(key) {
            out.leave_out("setting", name, "it is there twice, or under its former name as well");
            continue;
        }
        match key.check(value.expose()) {
            Ok(_) if key == ConfigKey::SignupDefaultUserGroupIds => {
                let ids: Vec<GroupId> = serde_json::from_str(value.expose()).unwrap_or_default();
                if ids.iter().all(|id| groups.contains(id)) {
                    out.settings.push((key, value));
                } else {
                    out.leave_out("setting", key.name(), "it names groups that do not exist");
                }
            }
            Ok(_) => out.settings.push((key, value)),
            Err(error) => out.leave_out("setting", key.name(), format!("it {}", error.message)),
        }
    }
}
