//! Makes the program fit for the container image: it gives up root for the user of `PUID` and `PGID`, and
//! reads its arguments as Pocket ID's image does. The image has no shell that could do it.

use std::{
    ffi::{OsStr, OsString},
    fs, io,
    os::unix::{
        fs::{MetadataExt as _, lchown},
        process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

use super::{
    error::{CliError, Kind},
    stranger,
};

/// The name of Pocket ID's program, which is a second name of this one in the image.
const POCKET_ID: &str = "pocket-id";
/// The places of the program in the image.
const PLACES: &[&str] = &["/app/pocketid", "/app/pocket-id"];
/// The folder with all data, as in Pocket ID's image.
const DATA: &str = "data";

/// Reads the arguments as Pocket ID's image does: its command is the path of the program, and Pocket ID's
/// program without arguments is the server.
pub fn arguments(mut args: Vec<OsString>) -> Vec<OsString> {
    if args.get(1).is_some_and(|first| PLACES.iter().any(|place| first == place)) {
        args.remove(0);
    }
    let name = args.first().map(Path::new).and_then(Path::file_name);
    if args.len() == 1 && name == Some(OsStr::new(POCKET_ID)) {
        args.push("serve".into());
    }
    args
}

/// Gives up root for the user of `PUID` and `PGID`, which also gets the data folder. Does nothing when
/// they are not set, or when the program does not run as root. Must come before the first thread.
pub fn give_up_root(args: &[OsString]) -> Result<(), CliError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let Some(user) = id("PUID")? else { return Ok(()) };
    let group = id("PGID")?.unwrap_or(user);
    if user == 0 {
        return Ok(());
    }
    refuse_folder_of_others(Path::new(DATA), Account { user, group })?;
    hand_over(Path::new(DATA), Account { user, group }).map_err(|error| {
        CliError::new(
            Kind::Database,
            format!("cannot give the folder data to the user {user} of PUID: {error}"),
        )
        .hint(format!("on the host: chown -R {user}:{group} FOLDER; or run it with --user"))
    })?;
    let mut program = Command::new(std::env::current_exe().unwrap_or_else(|_| PLACES[0].into()));
    if let Some(name) = args.first() {
        program.arg0(name);
    }
    // It also gives up the other groups of root, and returns only if that fails.
    let error = program.args(args.iter().skip(1)).uid(user).gid(group).exec();
    let message = format!("cannot become the user {user} of PUID: {error}");
    Err(CliError::new(Kind::Configuration, message)
        .hint(format!("run the container with --user {user}:{group}")))
}

fn id(name: &str) -> Result<Option<u32>, CliError> {
    let Some(text) = std::env::var_os(name).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let number = text.to_str().and_then(|text| text.trim().parse().ok());
    // The last number means "unchanged" to the system.
    let number = number.filter(|number| *number != u32::MAX);
    number.map(Some).ok_or_else(|| {
        CliError::new(Kind::Configuration, format!("{name} is not the number of a user or group"))
            .hint(format!("set it as in {name}=1000"))
    })
}

/// The account that gets files.
#[derive(Debug, Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

/// Refuses to take the files of another program away from it, which would follow from a wrong volume.
fn refuse_folder_of_others(folder: &Path, to: Account) -> Result<(), CliError> {
    let Some(stranger) = stranger::find(folder) else { return Ok(()) };
    let owner = fs::symlink_metadata(&stranger).map(|found| found.uid());
    if owner.is_ok_and(|owner| owner == to.user) {
        return Ok(());
    }
    let message = format!(
        "cannot take the folder {} for the data: it has files of another program, such as {}",
        folder.display(),
        stranger.display()
    );
    Err(CliError::new(Kind::Configuration, message).hint(format!(
        "mount another folder there; nothing was changed. If it is the right one, give it to the user of PUID on the \
         host: chown -R {}:{} FOLDER",
        to.user, to.group
    )))
}

/// Gives a file, or a folder with all that it contains, to an account. Links are not followed: they may
/// lead out of the folder.
fn hand_over(path: &Path, to: Account) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if (found.uid(), found.gid()) != (to.user, to.group) {
        match lchown(path, Some(to.user), Some(to.group)) {
            // A file on a read-only file system may still be readable; the program reports it if it is not.
            Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => return Ok(()),
            done => done?,
        }
    }
    if found.is_dir() {
        for entry in fs::read_dir(path)? {
            hand_over(&entry?.path(), to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_of_pocket_ids_image_are_understood() {
        let read = |args: &str| {
            let args = arguments(args.split(' ').map(OsString::from).collect());
            args.join(OsStr::new(" ")).into_string().unwrap()
        };
        assert_eq!(read("/app/pocket-id"), "/app/pocket-id serve");
        assert_eq!(read("/app/pocketid /app/pocket-id"), "/app/pocket-id serve");
        assert_eq!(read("/app/pocketid /app/pocket-id export"), "/app/pocket-id export");
        assert_eq!(read("/app/pocket-id healthcheck"), "/app/pocket-id healthcheck");
        assert_eq!(read("pocketid"), "pocketid");
        assert_eq!(read("pocketid user show /app/pocketid"), "pocketid user show /app/pocketid");
    }
}
