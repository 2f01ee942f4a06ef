//! A file in the format of MaxMind DB.

use std::{
    collections::TryReserveError,
    fs::File,
    io::{self, Read as _},
    net::IpAddr,
    path::Path,
};

use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;

use crate::model::{Location, Timestamp};

/// The largest file, in bytes. GeoLite2-City has some 60 MB, the paid GeoIP2-City twice that.
pub const MAX_GEO_DATABASE: u64 = 256 * 1024 * 1024;
/// The longest name of a country or a city, in characters.
const MAX_NAME: usize = 100;

/// Why a file tells no places. Each reads after its path.
#[derive(Debug, thiserror::Error)]
pub enum GeoDatabaseFault {
    /// It is damaged, or something else.
    #[error("is damaged, or is no file in the format of MaxMind DB: {0}")]
    Damaged(#[from] MaxMindDbError),
    /// There is no memory for it.
    #[error("does not fit into memory: {0}")]
    Memory(#[from] TryReserveError),
    /// It is no file.
    #[error("is not a file")]
    NotAFile,
    /// It tells something else of addresses than where they are.
    #[error("is a {0} database, which has no countries and cities")]
    OtherKind(String),
    /// It is too large.
    #[error("has more than {} MiB", MAX_GEO_DATABASE / 1024 / 1024)]
    TooLarge,
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
}

/// The content of a file, in memory.
#[derive(Debug)]
pub struct GeoDatabase(Reader<Vec<u8>>);

/// The part of a record that is read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PlaceRecord<'a> {
    #[serde(borrow)]
    city: NamedPlace<'a>,
    #[serde(borrow)]
    country: NamedPlace<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NamedPlace<'a> {
    #[serde(borrow)]
    names: EnglishName<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EnglishName<'a> {
    en: &'a str,
}

impl GeoDatabase {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, GeoDatabaseFault> {
        // Looks first: opening a pipe would wait for its writer.
        if !path.metadata()?.is_file() {
            return Err(GeoDatabaseFault::NotAFile);
        }
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        if size > MAX_GEO_DATABASE {
            return Err(GeoDatabaseFault::TooLarge);
        }
        let mut bytes = Vec::new();
        // One more, so that the end is found without growing.
        bytes.try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1))?;
        file.take(size).read_to_end(&mut bytes)?;
        Self::of(bytes)
    }

    /// Takes the content of a file.
    pub fn of(bytes: Vec<u8>) -> Result<Self, GeoDatabaseFault> {
        const KINDS: [&str; 5] = ["city", "country", "enterprise", "insights", "location"];
        let database = Self(Reader::from_source(bytes)?);
        let kind = database.kind().to_lowercase();
        if KINDS.iter().any(|known| kind.contains(known)) {
            Ok(database)
        } else {
            Err(GeoDatabaseFault::OtherKind(database.kind()))
        }
    }

    /// The name of its kind, such as `GeoLite2-City`.
    pub fn kind(&self) -> String {
        clean(&self.0.metadata().database_type)
    }

    /// When it was made.
    pub fn made_at(&self) -> Timestamp {
        Timestamp::from_unix(i64::try_from(self.0.metadata().build_epoch).unwrap_or_default())
    }

    /// Where an address is. Fails if its record is damaged.
    pub fn locate(&self, address: IpAddr) -> Result<Location, GeoDatabaseFault> {
        if self.0.metadata().ip_version == 4 && address.is_ipv6() {
            return Ok(Location::default());
        }
        let record: Option<PlaceRecord<'_>> = self.0.lookup(address.to_canonical())?.decode()?;
        let record = record.unwrap_or_default();
        Ok(Location { country: clean(record.country.names.en), city: clean(record.city.names.en) })
    }
}

/// A name without control characters, which end up in logs and terminals.
fn clean(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}
