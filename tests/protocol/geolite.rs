//! The download of the file that tells where addresses are (Pocket ID 2.14).

use std::{
    fs,
    io::Write as _,
    path::Path,
    time::{Duration, SystemTime},
};

use flate2::{Compression, write::GzEncoder};
use pocketid::crypto::Digest;

use crate::support::{
    cli::Cli,
    file_site::{FileSite, SiteAnswer},
    mmdb::city_database,
    op::TestOp,
    wait_for,
};

/// An archive as MaxMind has it.
fn archive(content: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    let name = b"GeoLite2-City_20261124/GeoLite2-City.mmdb";
    header[..name.len()].copy_from_slice(name);
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[156] = b'0';
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&header).unwrap();
    encoder.write_all(content).unwrap();
    encoder.write_all(&vec![0; 1536 - content.len() % 512]).unwrap();
    encoder.finish().unwrap()
}

/// A site like MaxMind's: it leads to where the archive is, and has its checksum.
fn maxmind(checksum: impl Fn(&[u8]) -> String + Send + Sync + 'static) -> FileSite {
    FileSite::start(Box::new(move |head: &str| {
        let archive = archive(&city_database());
        if head.contains("suffix=tar.gz.sha256") {
            SiteAnswer::new("200 OK", format!("{}  GeoLite2-City.tar.gz\n", checksum(&archive)))
        } else if head.starts_with("GET /store") {
            SiteAnswer::new("200 OK", archive)
        } else if head.contains("license_key=abc") {
            SiteAnswer::new("302 Found\r\nlocation: /store?signed=1", "")
        } else {
            SiteAnswer::new("401 Unauthorized", "Invalid license key")
        }
    }))
}

fn start(site: &FileSite, path: &Path, key: &str) -> TestOp {
    let url = format!("http://me:%s@{}/app?license_key=%s&suffix=tar.gz", site.host());
    TestOp::with_settings(&[
        ("GEOLITE_DB_PATH", path.to_str().unwrap()),
        ("GEOLITE_DB_URL", &url),
        ("MAXMIND_LICENSE_KEY", key),
        ("TRUST_PROXY", "true"),
    ])
}

/// The names of the files in a folder.
fn files(folder: &Path) -> Vec<String> {
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}

#[test]
fn a_missing_file_is_downloaded_over_a_redirect_and_its_checksum_compared() {
    let site = maxmind(|archive| Digest::of(archive).hex());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.mmdb");
    let _op = start(&site, &path, "abc");
    wait_for("the file", || path.exists());
    assert_eq!(fs::read(&path).unwrap(), city_database());
    wait_for("nothing else is left", || files(folder.path()) == ["city.mmdb"]);
    let requests = site.requests();
    assert_eq!(requests.len(), 3, "{requests:#?}");
    for request in &requests {
        assert!(request.to_lowercase().contains("user-agent: pocketid/"), "{request}");
    }
    assert!(requests[0].contains("Basic bWU6YWJj"), "{}", requests[0]);
}

#[test]
fn a_fresh_file_is_left_alone_and_an_old_one_replaced() {
    let site = maxmind(|archive| Digest::of(archive).hex());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.mmdb");
    fs::write(&path, b"fresh").unwrap();
    let op = start(&site, &path, "abc");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!((fs::read(&path).unwrap(), site.requests().len()), (b"fresh".to_vec(), 0));
    drop(op);

    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
    // Two servers with one disk: one of them downloads it.
    let _both = (start(&site, &path, "abc"), start(&site, &path, "abc"));
    wait_for("the file", || fs::read(&path).unwrap() == city_database());
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(site.requests().len(), 3, "{:#?}", site.requests());
}

#[test]
fn a_bad_download_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.mmdb");
    let tries = |site: &FileSite, count, key| {
        let op = start(site, &path, key);
        wait_for("the requests", || site.requests().len() >= count);
        std::thread::sleep(Duration::from_millis(300));
        wait_for("nothing is left", || files(folder.path()).is_empty());
        drop(op);
        assert!(!path.exists());
    };
    tries(&maxmind(|_| "0".repeat(64)), 3, "abc");
    tries(&maxmind(|_| "0".repeat(64)), 1, "wrong");
    for (head, body) in [
        ("200 OK", b"an error page".to_vec()),
        ("200 OK", archive(b"not a database")),
        ("200 OK", archive(&city_database())[..200].to_vec()),
        ("302 Found\r\nlocation: /again", vec![]),
        ("302 Found\r\nlocation: http://127.0.0.1:1/inside", vec![]),
        ("302 Found\r\nlocation: file:///etc/passwd", vec![]),
    ] {
        let site = FileSite::start(Box::new(move |head_of_request: &str| {
            if head_of_request.contains("sha256") {
                SiteAnswer::new("404 Not Found", "")
            } else {
                SiteAnswer::new(head, body.clone())
            }
        }));
        tries(&site, 1, "abc");
    }
}

/// The log tells what happened, and neither the key nor the address that has it.
#[test]
fn a_refused_key_is_told_and_not_repeated() {
    let site = maxmind(|_| String::new());
    let cli = Cli::new().with("MAXMIND_LICENSE_KEY", "hunter2").with(
        "GEOLITE_DB_URL",
        &format!("http://{}/app?license_key=%s&suffix=tar.gz", site.host()),
    );
    let server = cli.serve();
    server.wait_until_logged("could not download");
    server.signal("TERM");
    let (_, log) = server.wait();
    assert!(log.contains("answered with status 401: is MAXMIND_LICENSE_KEY right?"), "{log}");
    assert!(!log.contains("hunter2"), "{log}");
}
