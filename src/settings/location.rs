//! Where addresses are: the file that tells it, and where it is downloaded.

use std::path::{Path, PathBuf};

use ipnet::Ipv6Net;
use url::Url;

use super::{Faults, Source};
use crate::crypto::Secret;

/// The name of the file (Pocket ID 2.14).
const FILE: &str = "GeoLite2-City.mmdb";
/// The address of MaxMind (Pocket ID 2.14).
const MAXMIND: &str = "https://download.maxmind.com/app/geoip_download?edition_id=GeoLite2-City&license_key=%s&suffix=tar.gz";
/// The place of the licence key in an address.
const KEY: &str = "%s";

/// How the locations of addresses are known.
#[derive(Debug, Clone)]
pub struct LocationSettings {
    /// The file in the format of MaxMind DB.
    pub database: PathBuf,
    /// Whether the file was named, and is not the default.
    pub is_named: bool,
    /// Ranges of public IPv6 addresses that are used inside.
    pub local_networks: Vec<Ipv6Net>,
    /// Where the file is downloaded, with the licence key in it. `None` if it is not.
    pub download: Option<Secret>,
}

/// Reads the settings; `folder` is that of the data.
pub(super) fn read(source: &Source, folder: &Path, faults: &mut Faults) -> LocationSettings {
    let named = source.value("GEOLITE_DB_PATH").map(PathBuf::from);
    let key = faults.collect(source.parse_with("MAXMIND_LICENSE_KEY", parse_key));
    let own = faults.collect(source.parse_with("GEOLITE_DB_URL", |url| {
        parse_address(url, key.as_deref().unwrap_or("key")).map(|_| url.to_owned())
    }));
    let has_all = match &own {
        Some(url) => key.is_some() || !url.contains(KEY),
        None => key.is_some(),
    };
    let address = own.as_deref().unwrap_or(MAXMIND);
    let address = address.replace(KEY, key.as_deref().unwrap_or_default());
    LocationSettings {
        is_named: named.is_some(),
        database: named.unwrap_or_else(|| folder.join(FILE)),
        local_networks: faults
            .collect(source.parse_with("LOCAL_IPV6_RANGES", parse_networks))
            .unwrap_or_default(),
        download: has_all.then(|| Secret::new(address)),
    }
}

/// Reads a licence key: it becomes a part of an address.
fn parse_key(text: &str) -> Result<String, String> {
    let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if is_plain && text.len() <= 200 {
        Ok(text.to_owned())
    } else {
        Err("is not a licence key of MaxMind, which has letters, digits and _ only".to_owned())
    }
}

/// Checks an address. It may hold a key, so it is not repeated.
fn parse_address(text: &str, key: &str) -> Result<Url, String> {
    let url = Url::parse(&text.replace(KEY, key)).ok();
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    url.filter(is_web).ok_or_else(|| "is not an https:// address".to_owned())
}

fn parse_networks(text: &str) -> Result<Vec<Ipv6Net>, String> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items
        .map(|item| {
            item.parse::<Ipv6Net>().map_err(|_| {
                format!("has “{item}”, which is not a network of IPv6, such as 2001:db8:1::/48")
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Result<LocationSettings, Faults> {
        let mut faults = Faults::default();
        let read = read(&Source::from_pairs(variables), Path::new("data"), &mut faults);
        faults.or(read)
    }

    fn download(variables: &[(&str, &str)]) -> Option<String> {
        let secret = settings(variables).unwrap().download?;
        Some(secret.expose().to_owned())
    }

    #[test]
    fn nothing_is_downloaded_without_a_key_or_an_address() {
        assert_eq!(download(&[]), None);
        assert_eq!(download(&[("GEOLITE_DB_URL", "https://mirror.example.com/%s.mmdb")]), None);
        let own = [("GEOLITE_DB_URL", "https://mirror.example.com/city.mmdb")];
        assert_eq!(download(&own).as_deref(), Some("https://mirror.example.com/city.mmdb"));
        let both = [("GEOLITE_DB_URL", "https://1:%s@x.example"), ("MAXMIND_LICENSE_KEY", "k")];
        assert_eq!(download(&both).as_deref(), Some("https://1:k@x.example"));
        let maxmind = download(&[("MAXMIND_LICENSE_KEY", "abc_1")]).unwrap();
        assert!(maxmind.contains("license_key=abc_1&suffix=tar.gz"), "{maxmind}");
    }

    #[test]
    fn the_file_is_beside_the_database_unless_it_is_named() {
        let path = |variables: &[_]| settings(variables).unwrap().database;
        assert_eq!(path(&[]), Path::new("data/GeoLite2-City.mmdb"));
        assert_eq!(path(&[("GEOLITE_DB_PATH", "/srv/city.mmdb")]), Path::new("/srv/city.mmdb"));
    }

    #[test]
    fn wrong_values_are_told_without_the_key() {
        for variables in [
            [("MAXMIND_LICENSE_KEY", "hunter2&x=1")],
            [("GEOLITE_DB_URL", "ftp://me:hunter2@x.example/")],
            [("LOCAL_IPV6_RANGES", "10.0.0.0/8")],
            [("LOCAL_IPV6_RANGES", "2001:db8::/200")],
        ] {
            let faults = settings(&variables).unwrap_err();
            assert_eq!(faults.iter().count(), 1, "{variables:?}");
            assert!(!format!("{faults:?}").contains("hunter2"));
        }
    }
}
