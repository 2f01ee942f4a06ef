//! How to mend errors of the database and of the encryption key. The terminal prints them as hints.

use std::io::ErrorKind;

use crate::{
    encryption_key::KeyFault,
    settings::HOW_TO_MAKE_A_KEY,
    store::{StoreError, error::Foreign, sealed::ResealError},
};

/// How to go on without the encryption key.
const IF_THE_KEY_IS_LOST: &str =
    "if the key is lost for good, continue without it: pocketid rotate-encryption-key --lost-key";

/// How to mend an error of the encryption key. Each of the ways is enough.
pub fn of_key(fault: &KeyFault) -> Vec<&'static str> {
    match fault {
        KeyFault::File { cause, .. } if cause.kind() == ErrorKind::StorageFull => {
            vec!["free some space on that disk, and try again"]
        }
        KeyFault::File { .. } => {
            vec!["this user must be able to read and write it; or set ENCRYPTION_KEY"]
        }
        KeyFault::Lost { .. } => vec![
            "restore the file from a backup, or set ENCRYPTION_KEY to the key that was used before",
            IF_THE_KEY_IS_LOST,
        ],
        KeyFault::Missing => {
            vec!["make one with: openssl rand -base64 32, and give it to every server"]
        }
        KeyFault::NotLost(_) => vec!["nothing was changed"],
        KeyFault::Same => vec![HOW_TO_MAKE_A_KEY],
        KeyFault::Sealed(ResealError::Store(error)) | KeyFault::Store(error) => {
            vec![of_store(error)]
        }
        KeyFault::Sealed(_) => vec![
            "to delete the unreadable secrets, and continue: pocketid rotate-encryption-key \
             --lost-key",
        ],
        KeyFault::Wrong(_) => vec![
            "check it, and DB_CONNECTION_STRING. Look for the key that was used before: in the \
             environment and the .env of the server, in backups, or, after an import, in \
             encryption.key beside the database, which is used when ENCRYPTION_KEY is not set",
            IF_THE_KEY_IS_LOST,
        ],
    }
}

/// How to mend an error of the database.
pub fn of_store(error: &StoreError) -> &'static str {
    match error {
        StoreError::Busy => {
            "try again in a moment; if it keeps failing, another program holds the file open"
        }
        StoreError::Conflict | StoreError::Orphan(_) => {
            "it was changed at the same time; check the current state, and try again"
        }
        StoreError::Corrupt { .. } | StoreError::CorruptRow { .. } => {
            "restore the database from a backup, or correct that row; another program has written \
             to it"
        }
        StoreError::Full => "free some disk space, and try again",
        StoreError::KeyChanged => "try again with the current encryption key",
        StoreError::Malformed(_) => {
            "stop the server, keep the file, check the disk, and restore the latest backup"
        }
        StoreError::Moved { .. } => {
            "put the file back; or restart the server, which then uses the present file"
        }
        StoreError::Needed(_) => {
            "remove these first, and create them again afterwards; nothing was changed"
        }
        StoreError::NotOurs { what: Foreign::PocketId, .. } => {
            "set DB_CONNECTION_STRING to another file, and import this one: pocketid import FOLDER"
        }
        StoreError::NotOurs { .. } => {
            "set DB_CONNECTION_STRING to the database of pocketid, or to a file that does not exist \
             yet"
        }
        StoreError::Open { .. } => {
            "this user must be able to read and write the file in DB_CONNECTION_STRING and its \
             folder"
        }
        StoreError::OfAnotherUser { .. } => {
            "run it as that user (a container: --user, or PUID and PGID), or give the folder and its files to this \
             one, as in: chown -R 1000:1000 data"
        }
        StoreError::Overloaded => {
            "try again in a moment; if it keeps failing, look at what keeps the database busy"
        }
        StoreError::ReadOnlyDisk { .. } => {
            "mount it writable (a volume of a container: without :ro), or set DB_CONNECTION_STRING to a file elsewhere"
        }
        StoreError::ReadOnly => {
            "this user must be able to write the file and its folder; run the command as the user of \
             the server"
        }
        StoreError::Sql(_) => {
            "if it happens again, report it with the command that you ran; the log of a PostgreSQL server may say more"
        }
        error => of_start(error),
    }
}

/// How to mend errors of taking a database into use, and of its migration.
fn of_start(error: &StoreError) -> &'static str {
    match error {
        StoreError::Migration { .. } => {
            "nothing was changed: use the previous version of pocketid, and report this"
        }
        StoreError::Newer { .. } => {
            "upgrade pocketid: a newer version has used this database; nothing was changed. Or go back to the data \
             from before the upgrade, which was kept: pocketid rollback"
        }
        StoreError::Older { .. } => "the next start of the server migrates it",
        StoreError::Restored => "start it again when the restore has finished",
        StoreError::Served { .. } => {
            "stop the other server first, or give this one a file of its own with \
             DB_CONNECTION_STRING; commands work beside a server"
        }
        StoreError::ServedByEarlier { .. } => {
            "stop every server of the earlier version first, and then start this version; nothing \
             was changed"
        }
        StoreError::Snapshot { .. } => {
            "free some disk space, or let this user write to the folder; nothing was changed"
        }
        error => of_server(error),
    }
}

/// How to mend errors of a database server.
fn of_server(error: &StoreError) -> &'static str {
    match error {
        StoreError::Denied(_) => {
            "give the user of DB_CONNECTION_STRING the right to it, as in: GRANT USAGE, CREATE ON SCHEMA public TO \
             pocketid; or make it the owner of the database"
        }
        StoreError::Exhausted(_) => {
            "try again in a moment; if it keeps failing, raise max_connections of the database \
             server, or stop other programs that use it"
        }
        StoreError::NoDatabase(_) => {
            "create it, as in: createdb --owner=pocketid pocketid; or correct its name in \
             DB_CONNECTION_STRING"
        }
        StoreError::NoSchema(_) => {
            "make the schema, as in: CREATE SCHEMA pocketid AUTHORIZATION pocketid; or correct search_path in \
             DB_CONNECTION_STRING"
        }
        StoreError::OfAnotherRole { .. } => {
            "if that role had this installation before, a superuser gives it to the user of DB_CONNECTION_STRING, as in: \
             REASSIGN OWNED BY earlier TO pocketid; in psql, \\dt *.schema_version names the role. Otherwise use another \
             database"
        }
        StoreError::OpenToOthers { .. } => {
            "end that, as in: REVOKE CREATE ON SCHEMA public FROM PUBLIC; and drop theirs, which \\df and \\do show in psql. \
             Or, if you trust them, name the schema in DB_CONNECTION_STRING, as in: ?search_path=public"
        }
        StoreError::OutOfReach { .. } => {
            "let the user of DB_CONNECTION_STRING use it, as in: GRANT USAGE, CREATE ON SCHEMA public TO pocketid"
        }
        StoreError::Setting(_) => "correct that parameter in DB_CONNECTION_STRING, or remove it",
        StoreError::SignIn(_) => {
            "correct the username and the password in DB_CONNECTION_STRING; in a URL, write / as \
             %2F, @ as %40 and % as %25. If they are right, check that pg_hba.conf of the \
             database server allows this machine"
        }
        StoreError::Starting | StoreError::TimedOut => "try again in a moment",
        StoreError::Unreachable { .. } => {
            "check that the database server is running, and that DB_CONNECTION_STRING is right"
        }
        _ => "please report it with the command that you ran",
    }
}
