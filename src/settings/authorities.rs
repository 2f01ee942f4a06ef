//! Certificates of private authorities, for connections to other servers.

use super::{SettingFault, Source};
use crate::crypto::tls::Authorities;

/// Reads the certificates of the variable `name`. Usually a file has them: `file_name` names the
/// variable of its path.
pub(super) fn read(
    source: &Source,
    name: &'static str,
    file_name: &str,
) -> Result<Option<Authorities>, SettingFault> {
    let hint =
        format!("set {file_name} to a file with the certificate of the authority in PEM form");
    source.parse(name).map_err(|fault| SettingFault { hint, ..fault })
}
