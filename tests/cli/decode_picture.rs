//! `pocketid decode-picture`, which the server starts for each uploaded picture.

use std::{
    fs,
    io::Write as _,
    process::{Child, Command, Output, Stdio},
};

use bytes::Bytes;
use hyper::Method;
use image::{DynamicImage, ImageFormat, RgbImage};

use crate::support::{agent::Agent, cli::Cli, patience::ended, ports::free_port, wait_until};

const BINARY: &str = env!("CARGO_BIN_EXE_pocketid");

/// Three seconds in a release. A build for tests decodes several times slower, and may take five times as long.
const CPU_SECONDS: u64 = if cfg!(debug_assertions) { 15 } else { 3 };

fn start() -> Child {
    Command::new(BINARY)
        .arg("decode-picture")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn decode(upload: &[u8]) -> Output {
    let mut child = start();
    child.stdin.take().unwrap().write_all(upload).unwrap();
    ended(child)
}

fn png() -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(30, 20)).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

#[test]
fn a_picture_is_written_and_a_file_that_is_none_has_an_exit_code_of_its_own() {
    let decoded = decode(&png());
    assert_eq!(decoded.status.code(), Some(0));
    let picture = image::load_from_memory_with_format(&decoded.stdout, ImageFormat::Png).unwrap();
    assert_eq!((picture.width(), picture.height()), (300, 300));

    let refused = decode(b"text");
    assert_eq!(refused.status.code(), Some(65));
    assert!(refused.stdout.is_empty());
    assert_eq!(
        String::from_utf8_lossy(&refused.stderr),
        "error: cannot read this as a picture\nhint: use a PNG, JPEG, GIF, BMP or WebP file\n"
    );
}

#[test]
fn it_is_bounded_before_it_has_read_anything() {
    let mut child = start();
    let folder = format!("/proc/{}", child.id());
    // The limits are listed with a name, a soft and a hard value, and a unit.
    let limit = |name: &str| {
        let limits = fs::read_to_string(format!("{folder}/limits")).unwrap();
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        [0, 1].map(|at| line.split_whitespace().nth(at).and_then(|value| value.parse::<u64>().ok()))
    };
    // The last one that is set.
    wait_until(|| limit("Max open files") == [Some(3); 2]);
    assert_eq!(limit("Max address space"), [Some(256 * 1024 * 1024); 2]);
    assert_eq!(limit("Max cpu time"), [Some(CPU_SECONDS); 2]);
    assert_eq!(limit("Max core file size"), [Some(0); 2]);
    assert_eq!(fs::read_to_string(format!("{folder}/oom_score_adj")).unwrap().trim(), "300");
    assert_eq!(niceness(&folder), (niceness("/proc/self") + 5).min(19));

    drop(child.stdin.take());
    assert_eq!(ended(child).status.code(), Some(65));
}

#[test]
fn people_are_not_shown_the_command_of_the_server() {
    let cli = Cli::new();
    for line in ["--help", "help", "man", "completions bash"] {
        assert!(!cli.run(line).ok().contains("decode-picture"), "{line}");
    }
    cli.run("man pages").expect(0, "", "");
    let pages = fs::read_dir(cli.path("pages")).unwrap().map(Result::unwrap);
    assert!(pages.into_iter().all(|page| page.file_name() != "pocketid-decode-picture.1"));
}

/// An upgrade replaces the file of the program while the server runs.
#[test]
fn a_server_whose_file_is_gone_decodes_pictures() {
    let cli = Cli::new();
    let program = cli.path("pocketid");
    // A link is faster than a copy, where the folder is on the same disk.
    fs::hard_link(BINARY, &program).or_else(|_| fs::copy(BINARY, &program).map(drop)).unwrap();
    let port = free_port();
    let mut server = Command::new(&program)
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .env_clear()
        .env("APP_URL", "https://id.example.com")
        .env("STATIC_API_KEY", "a-key-of-the-environment")
        .current_dir(cli.path(""))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut agent = Agent::new(&format!("http://127.0.0.1:{port}"))
        .with_header("x-api-key", "a-key-of-the-environment");
    wait_until(|| agent.try_send(Method::GET, "/healthz", None, Bytes::new()).is_ok());
    fs::remove_file(&program).unwrap();

    let form = [
        &b"--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n"[..],
        &png(),
        b"\r\n--X--\r\n",
    ];
    let kind = Some("multipart/form-data; boundary=X");
    let path = "/api/users/me/profile-picture";
    let answer = agent.send(Method::PUT, path, kind, form.concat().into());

    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(answer.status, 204, "{answer:?}");
}

/// How nice a process is: the 17th number after its name.
fn niceness(folder: &str) -> i64 {
    let stat = fs::read_to_string(format!("{folder}/stat")).expect("a process");
    let numbers = stat.rsplit_once(") ").expect("its numbers").1;
    numbers.split(' ').nth(16).and_then(|number| number.parse().ok()).expect("a number")
}
