//! The file that tells where addresses are: sound, damaged, replaced, missing.

use std::{fs, net::IpAddr, path::Path};

use pocketid::{
    geography::{GeoDatabase, GeoDatabaseFault, Geography},
    model::Location,
    settings::{Settings, Source},
};

use crate::support::mmdb::{city_database, database, places};

fn geography(path: &Path) -> Geography {
    let source = Source::from_pairs(&[("GEOLITE_DB_PATH", path.to_str().unwrap())]);
    Geography::new(&Settings::read(&source).unwrap().location)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn place(country: &str, city: &str) -> Location {
    Location { country: country.to_owned(), city: city.to_owned() }
}

#[test]
fn an_address_has_the_english_names_of_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.mmdb");
    fs::write(&path, city_database()).unwrap();
    let geography = geography(&path);

    assert_eq!(geography.locate(ip("203.0.113.7")), place("Norway", "Bergen"));
    assert_eq!(geography.locate(ip("::ffff:203.0.113.7")), place("Norway", "Bergen"));
    assert_eq!(geography.locate(ip("198.51.100.1")), place("Côte d’Ivoire", ""));
    assert_eq!(geography.locate(ip("198.51.100.129")), Location::default());
    // Control characters do not reach a terminal.
    assert_eq!(geography.locate(ip("2001:db8::1")), place("Japan", "Sapporo[31m"));
    assert_eq!(geography.locate(ip("192.168.1.1")), place("Internal Network", "LAN"));
    assert_eq!(geography.locate(ip("203.0.113.7")).describe().unwrap(), "Bergen, Norway");
}

#[test]
fn inside_addresses_need_no_file_and_others_have_no_place_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let geography = geography(&folder.path().join("absent.mmdb"));
    assert_eq!(geography.locate(ip("127.0.0.1")), place("Internal Network", "localhost"));
    assert_eq!(geography.locate_at_once(ip("203.0.113.7")), Some(Location::default()));
}

#[test]
fn a_replaced_file_is_used_and_one_that_is_not_needed_leaves_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.mmdb");
    let geography = geography(&path);
    assert_eq!(geography.locate(ip("203.0.113.7")), Location::default());

    fs::write(&path, city_database()).unwrap();
    geography.forget();
    assert_eq!(geography.locate_at_once(ip("203.0.113.7")), None, "it has to be read");
    assert_eq!(geography.locate(ip("203.0.113.7")), place("Norway", "Bergen"));
    assert!(geography.locate_at_once(ip("203.0.113.7")).is_some(), "it is in memory");
    geography.forget_idle();
    assert!(geography.locate_at_once(ip("203.0.113.7")).is_some(), "it was used a moment ago");

    let mut moved = places();
    moved[0].city = "Oslo";
    fs::write(folder.path().join("new"), database("GeoLite2-City", 1, &moved)).unwrap();
    fs::rename(folder.path().join("new"), &path).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(5_100));
    assert_eq!(geography.locate(ip("203.0.113.7")), place("Norway", "Oslo"));

    fs::write(&path, b"not a database").unwrap();
    geography.forget();
    assert_eq!(geography.locate(ip("203.0.113.7")), Location::default());
}

/// Each part of the file is cut off or changed: that is an error or another place, and never a panic.
#[test]
fn a_damaged_file_is_an_error_and_not_a_crash() {
    let whole = city_database();
    let addresses =
        ["203.0.113.7", "198.51.100.1", "2001:db8::1", "8.8.8.8", "::1", "ff02::1"].map(ip);
    let look = |bytes: Vec<u8>| {
        let Ok(database) = GeoDatabase::of(bytes) else { return };
        for address in addresses {
            drop(database.locate(address));
        }
    };
    for end in 0..whole.len() {
        look(whole[..end].to_vec());
        look([&whole[..end], &[0xff; 64][..]].concat());
    }
    let mut random: u64 = 0x2545_f491_4f6c_dd1d;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 11).unwrap()
    };
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..=next() % 4 {
            let at = next() % bytes.len();
            bytes[at] = u8::try_from(next() % 256).unwrap();
        }
        look(bytes);
    }
}

#[test]
fn what_is_no_such_file_is_told_by_its_fault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.mmdb");
    let fault = |content: &[u8]| {
        fs::write(&path, content).unwrap();
        GeoDatabase::read(&path).unwrap_err()
    };
    assert!(matches!(fault(b""), GeoDatabaseFault::Damaged(_)));
    assert!(matches!(fault(b"%PDF-1.7"), GeoDatabaseFault::Damaged(_)));
    let other = fault(&database("GeoLite2-ASN", 1, &[])).to_string();
    assert_eq!(other, "is a GeoLite2-ASN database, which has no countries and cities");
    assert!(matches!(GeoDatabase::read(folder.path()), Err(GeoDatabaseFault::NotAFile)));
    fs::File::create(&path).unwrap().set_len(300 << 20).unwrap();
    assert!(matches!(GeoDatabase::read(&path), Err(GeoDatabaseFault::TooLarge)));
    let absent = GeoDatabase::read(Path::new("/nonexistent"));
    assert!(matches!(absent, Err(GeoDatabaseFault::Unreadable(_))));
    rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("pipe"), 0o600.into()).unwrap();
    let pipe = GeoDatabase::read(&folder.path().join("pipe"));
    assert!(matches!(pipe, Err(GeoDatabaseFault::NotAFile)), "it does not wait for a writer");
}
