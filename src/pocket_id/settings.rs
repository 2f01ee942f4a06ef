//! The application configuration.

use super::{Contents, ImportFault, actors::Actors, tables::Tables};
use crate::model::{ConfigKey, GroupId};

pub(super) fn read(
    out: &mut Contents,
    actors: &Actors,
    tables: &Tables,
) -> Result<(), ImportFault> {
    let groups = out.group_ids();
    for (name, value) in actors.settings(tables)? {
        let known = ConfigKey::ALL.iter().find(|key| key.name().eq_ignore_ascii_case(&name));
        let Some(key) = known.copied() else {
            out.leave_out("setting", name, "this setting does not exist here");
            continue;
        };
        let is_default = matches!(value.expose(), "") || value.expose() == key.default_value();
        match key.check(value.expose()) {
            _ if is_default => {}
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
    Ok(())
}
