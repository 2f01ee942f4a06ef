//! Where addresses are, and the download of the file that tells it.

mod archive;
mod download;
mod fetch;

use std::net::IpAddr;

use tokio::runtime::{Handle, RuntimeFlavor};

pub(super) use download::run;

use super::App;
use crate::model::Location;

impl App {
    /// Where an address is. Reads the file into memory if it is not there.
    pub fn locate(&self, address: IpAddr) -> Location {
        if let Some(location) = self.geography().locate_at_once(address) {
            return location;
        }
        let locate = || self.geography().locate(address);
        match Handle::try_current() {
            Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => {
                tokio::task::block_in_place(locate)
            }
            _ => locate(),
        }
    }
}
