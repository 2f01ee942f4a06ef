//! Style sheet, scripts and images, compiled into the program.
//!
//! They are served as `/assets/<version>/<file>`. The version is a digest of all files, so that a
//! response can be cached for ever, and a script can import its neighbour by a relative path.

use std::sync::LazyLock;

use bytes::Bytes;
use flate2::Compression;

use super::http::compression::gzip;
use crate::crypto::Digest;

/// Declares the files of this folder once, each with its content type.
macro_rules! assets {
    ($($file:literal: $content_type:expr),+ $(,)?) => {
        &[$((
            $file,
            Asset { content_type: $content_type, bytes: include_bytes!($file) },
        )),+]
    };
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

static ASSETS: &[(&str, Asset)] = assets! {
    "account.js": JS,
    "add-passkey.js": JS,
    "app.css": CSS,
    "backups.js": JS,
    "device-login-confirm.js": JS,
    "device-login.js": JS,
    "device.js": JS,
    "favicon.svg": SVG,
    "email-login.js": JS,
    "fields.js": JS,
    "form-post.js": JS,
    "health.js": JS,
    "interaction.js": JS,
    "kept.js": JS,
    "login.js": JS,
    "logout.js": JS,
    "memberships.js": JS,
    "one-time-link.js": JS,
    "onward.js": JS,
    "page.js": JS,
    "passkey.js": JS,
    "settings.css": CSS,
    "settings.js": JS,
    "setup.js": JS,
    "verify-email.js": JS,
};

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let all: Vec<u8> =
        ASSETS.iter().flat_map(|(name, asset)| [name.as_bytes(), asset.bytes].concat()).collect();
    // Half a digest is short enough for a URL, and no two builds share it by accident.
    Digest::of(all).base64url()[..22].to_owned()
});

/// An asset that pages refer to.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    pub content_type: &'static str,
    pub bytes: &'static [u8],
}

/// Finds the file behind `/assets/<version>/<file>`. Serves only the current version: under any
/// other version the wrong bytes would be cached for ever.
pub fn find(asked: &str, name: &str) -> Option<Asset> {
    if asked != version() {
        return None;
    }
    ASSETS.iter().find(|(known, _)| *known == name).map(|(_, asset)| *asset)
}

/// The files of the folder, each compressed once.
static COMPRESSED: LazyLock<Vec<(&str, Bytes)>> = LazyLock::new(|| {
    let zipped = |(name, asset): &(&'static str, Asset)| {
        Some((*name, gzip(asset.bytes, Compression::best())?))
    };
    ASSETS.iter().filter_map(zipped).collect()
});

/// The compressed form of a file.
pub fn compressed(name: &str) -> Option<Bytes> {
    COMPRESSED.iter().find(|(known, _)| *known == name).map(|(_, bytes)| bytes.clone())
}

/// The default favicon.
pub fn favicon() -> Asset {
    Asset { content_type: SVG, bytes: include_bytes!("favicon.svg") }
}

/// Returns the version of the current assets.
pub fn version() -> &'static str {
    &VERSION
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_file_is_found_under_the_current_version_only() {
        assert_eq!(find(version(), "app.css").map(|asset| asset.content_type), Some(CSS));
        assert!(find("", "app.css").is_none());
        assert!(find("000000000000", "app.css").is_none());
        assert!(find(version(), "../mod.rs").is_none());
    }

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/assets");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let served = ASSETS.iter().any(|(known, _)| *known == name);
            assert!(served || name == "mod.rs", "{name} is not listed");
        }
    }

    /// A script that imports another by an absolute path would lose the version.
    #[test]
    fn scripts_import_their_neighbours_only() {
        for (name, asset) in ASSETS.iter().filter(|(name, _)| name.ends_with(".js")) {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            for import in text.split(" from '").skip(1) {
                let target = import.split('\'').next().unwrap();
                let file = target.strip_prefix("./").unwrap_or_default();
                assert!(ASSETS.iter().any(|(known, _)| *known == file), "{name}: {target}");
            }
        }
    }
}
