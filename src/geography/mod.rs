//! Countries and cities of IP addresses, from the user's file in the format of MaxMind DB.
//!
//! No other machine is asked: the file is on this one. It is read into memory when an address is looked up,
//! and leaves memory when none was looked up for a while, so an idle server has no copy of its 60 MB.
//! A file that was replaced is noticed within seconds.

mod database;
mod inside;

use std::{
    fs::Metadata,
    net::IpAddr,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ipnet::Ipv6Net;

pub use database::{GeoDatabase, GeoDatabaseFault, MAX_GEO_DATABASE};

use crate::{model::Location, settings::LocationSettings};

/// How often the file is looked at for a newer one.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How long the file stays in memory without a look-up.
const KEPT: Duration = Duration::from_secs(600);

/// Tells where addresses are.
#[derive(Debug)]
pub struct Geography {
    path: PathBuf,
    local: Vec<Ipv6Net>,
    held: Mutex<Held>,
}

/// The file as it was seen, and its content.
#[derive(Debug, Default)]
struct Held {
    stamp: Option<FileStamp>,
    looked_at: Option<Instant>,
    content: Content,
}

#[derive(Debug, Default)]
enum Content {
    /// Not read, or no longer in memory.
    #[default]
    Unread,
    /// In memory, and when it was used.
    Read(GeoDatabase, Instant),
    /// The file cannot be used.
    Unusable,
}

/// The attributes of a file that change when it is written or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileStamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl FileStamp {
    fn of(file: &Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
        }
    }
}

impl Geography {
    /// Tells where addresses are by the file of the settings, which may appear later.
    pub fn new(settings: &LocationSettings) -> Self {
        Self {
            path: settings.database.clone(),
            local: settings.local_networks.clone(),
            held: Mutex::default(),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where an address is, if that can be told without reading the file.
    pub fn locate_at_once(&self, address: IpAddr) -> Option<Location> {
        if let Some(kind) = inside::kind(address, &self.local) {
            return Some(Location::internal(kind));
        }
        let mut held = self.look();
        let is_there = held.stamp.is_some();
        match &mut held.content {
            Content::Unread if is_there => None,
            Content::Unread | Content::Unusable => Some(Location::default()),
            Content::Read(database, used_at) => {
                *used_at = Instant::now();
                Some(locate(database, address))
            }
        }
    }

    /// Where an address is. Blocks the thread for as long as the file is read.
    pub fn locate(&self, address: IpAddr) -> Location {
        if let Some(location) = self.locate_at_once(address) {
            return location;
        }
        let mut held = self.look();
        if matches!(held.content, Content::Unread) {
            held.content = match GeoDatabase::read(&self.path) {
                Ok(database) => Content::Read(database, Instant::now()),
                Err(fault) => {
                    let path = self.path.display();
                    tracing::warn!("cannot tell where addresses are: {path} {fault}");
                    Content::Unusable
                }
            };
        }
        drop(held);
        self.locate_at_once(address).unwrap_or_default()
    }

    /// Lets go of a file that was not needed for a while.
    pub fn forget_idle(&self) {
        let mut held = self.held();
        if matches!(held.content, Content::Read(_, used_at) if used_at.elapsed() >= KEPT) {
            held.content = Content::Unread;
        }
    }

    /// Lets go of the file, and looks at it again with the next address.
    pub fn forget(&self) {
        *self.held() = Held::default();
    }

    /// Looks at the file, unless that was done a moment ago. Lets go of the content of another file.
    fn look(&self) -> MutexGuard<'_, Held> {
        let mut held = self.held();
        if held.looked_at.is_none_or(|at| at.elapsed() >= LOOK_AGAIN) {
            held.looked_at = Some(Instant::now());
            let stamp = self.path.metadata().ok().map(|file| FileStamp::of(&file));
            if stamp != held.stamp {
                held.stamp = stamp;
                held.content = Content::Unread;
            }
        }
        held
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A record that cannot be read is damaged, and names no place.
fn locate(database: &GeoDatabase, address: IpAddr) -> Location {
    database.locate(address).unwrap_or_else(|fault| {
        tracing::debug!(%fault, "could not look up an address");
        Location::default()
    })
}
