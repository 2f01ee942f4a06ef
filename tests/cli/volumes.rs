//! Disks and folders that are of no use for the data: each is told, and how to go on.

use crate::support::cli::Cli;

const SERVE: &str = "env APP_URL=http://localhost:8080 $P serve --listen 127.0.0.1:0";

#[test]
fn a_disk_that_is_mounted_read_only_is_told() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    let ran = cli.script(&format!(
        "mount --bind data data && mount -o remount,bind,ro data
         {SERVE}
         echo $?
         $P user list
         echo $?"
    ));
    let told = "error: cannot open the database data/pocketid.db: the folder data is mounted read-only\n\
                hint: mount it writable (a volume of a container: without :ro), or set DB_CONNECTION_STRING to a file \
                elsewhere\n";
    ran.expect(0, "4\n4\n", &told.repeat(2));
}

/// Remains of the first attempt are no reason to ask for the set-up code, or worse.
#[test]
fn a_server_that_found_a_full_disk_starts_when_there_is_room() {
    let cli = Cli::new();
    std::fs::create_dir(cli.path("data")).unwrap();
    let ran = cli.script(&format!(
        "mount -t tmpfs -o size=2m none data
         dd if=/dev/zero of=data/filler bs=1k count=10000 2>/dev/null
         {SERVE}
         echo $?
         rm data/filler
         {SERVE} 2>log &
         for look in $(seq 600); do grep -q listening log && break; sleep 0.1; done
         kill $! && wait $!
         grep -c listening log"
    ));
    ran.expect(
        0,
        "4\n1\n",
        "error: cannot write to the database: the disk is full\n\
         hint: free some disk space, and try again\n",
    );
}

#[test]
fn a_folder_of_another_user_is_told_with_both_users() {
    let cli = Cli::new();
    std::fs::create_dir(cli.path("data")).unwrap();
    let ran = cli.script("chmod 755 . && setpriv --reuid 4321 --clear-groups $P user add alice");
    let told = "error: cannot open the database data/pocketid.db: data belongs to the user 0, and this program runs as \
                the user 4321\n";
    assert!(ran.stderr.starts_with(told), "{}", ran.stderr);
    assert_eq!(ran.code, Some(4));
}

#[test]
fn a_new_database_beside_files_of_another_program_is_told() {
    let cli = Cli::new();
    std::fs::create_dir(cli.path("data")).unwrap();
    cli.write("data/dump.rdb", "REDIS0011");
    for is_new in [true, false] {
        let server = cli.serve();
        server.signal("TERM");
        let (code, log) = server.wait();
        assert_eq!(code, Some(0), "{log}");
        let told = "in a folder with files of another program, such as data/dump.rdb";
        assert_eq!(log.contains(told), is_new, "{log}");
    }
    assert_eq!(std::fs::read(cli.path("data/dump.rdb")).unwrap(), b"REDIS0011");
}
