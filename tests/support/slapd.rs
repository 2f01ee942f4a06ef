//! OpenLDAP's server, with a directory of its own.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::{
    authority::{new_authority, new_certificate},
    cli::Cli,
    daemon::Daemon,
    patience::ended,
    ports::free_port,
};

/// The base of the directory.
pub(crate) const BASE: &str = "dc=example,dc=com";
/// The account that reads it.
pub(crate) const READER: &str = "cn=reader,dc=example,dc=com";
/// Its password.
pub(crate) const PASSWORD: &str = "reader secret";
/// The account that writes it.
const ROOT: &str = "cn=root,dc=example,dc=com";

/// How much the reader gets: usually 500 entries at a time, and any number in pages.
pub(crate) const USUAL_LIMITS: &str = "size.soft=500 size.hard=500 size.prtotal=unlimited";
/// 500 entries, also in pages: what OpenLDAP does by itself.
pub(crate) const NARROW_LIMITS: &str = "size=500";

/// A running slapd. It ends when it is dropped.
pub(crate) struct Slapd {
    daemon: Option<Daemon>,
    folder: TempDir,
    port: u16,
    tls_port: u16,
}

impl Slapd {
    /// A directory with the organizational units `people` and `groups`, and these entries in LDIF.
    pub(crate) fn start(entries: &str) -> Self {
        Self::with_limits(entries, USUAL_LIMITS)
    }

    pub(crate) fn with_limits(entries: &str, limits: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("config")).expect("a folder");
        fs::create_dir(at("data")).expect("a folder");
        new_authority(folder.path(), "ca");
        new_authority(folder.path(), "other");
        new_certificate(folder.path(), "ca", "IP:127.0.0.1");
        fs::write(at("config.ldif"), config(&folder, limits)).expect("a file");
        load(&folder, &["-n0", "-l", "config.ldif"], "");
        let mut data = format!(
            "dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n\
             dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\n\
             userPassword: {PASSWORD}\n\n"
        );
        for unit in ["people", "groups"] {
            let _ = write!(
                data,
                "dn: ou={unit},{BASE}\nobjectClass: organizationalUnit\nou: {unit}\n\n"
            );
        }
        load(&folder, &["-q", "-n1"], &(data + entries));
        let (port, tls_port) = (free_port(), free_port());
        let mut slapd = Self { daemon: None, folder, port, tls_port };
        slapd.resume();
        slapd
    }

    /// Ends the server; the directory stays.
    pub(crate) fn stop(&mut self) {
        self.daemon = None;
    }

    /// Starts it again, at the same ports.
    pub(crate) fn resume(&mut self) {
        let mut command = Command::new("/usr/sbin/slapd");
        command
            .args(["-d", "0", "-F"])
            .arg(self.folder.path().join("config"))
            .arg("-h")
            .arg(format!("ldap://127.0.0.1:{} ldaps://127.0.0.1:{}", self.port, self.tls_port));
        let log = TempDir::new().expect("a temporary folder");
        self.daemon = Some(Daemon::start(&mut command, log, self.port));
    }

    pub(crate) fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    pub(crate) fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// A certificate: `ca` signed that of the server, and `other` did not.
    pub(crate) fn authority(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.pem"))
    }

    /// Adds entries.
    pub(crate) fn add(&self, ldif: &str) {
        self.change("ldapadd", &[], ldif);
    }

    /// Changes entries.
    pub(crate) fn modify(&self, ldif: &str) {
        self.change("ldapmodify", &[], ldif);
    }

    /// Deletes entries.
    pub(crate) fn delete(&self, dns: &[&str]) {
        self.change("ldapdelete", dns, "");
    }

    fn change(&self, program: &str, args: &[&str], input: &str) {
        let url = self.url();
        run(
            Command::new(program).args(["-x", "-H", &url, "-D", ROOT, "-w", "root"]).args(args),
            input,
        );
    }

    /// Points a provider to it, with users by `uid` and groups by `cn`.
    pub(crate) fn configure(&self, cli: &Cli) {
        for (key, value) in self.settings() {
            cli.run_args(&["config", "set", key, &value]).expect_success();
        }
        cli.write("password", PASSWORD);
        cli.run("config set ldapBindPassword --value-file password").expect_success();
    }

    /// The settings, but for the password.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let text = |key, value: &str| (key, value.to_owned());
        vec![
            ("ldapUrl", self.url()),
            text("ldapBindDn", READER),
            text("ldapBase", BASE),
            text("ldapUserSearchFilter", "(objectClass=inetOrgPerson)"),
            text("ldapAttributeUserUniqueIdentifier", "entryUUID"),
            text("ldapAttributeUserUsername", "uid"),
            text("ldapAttributeUserEmail", "mail"),
            text("ldapAttributeUserFirstName", "givenName"),
            text("ldapAttributeUserLastName", "sn"),
            text("ldapAttributeGroupUniqueIdentifier", "entryUUID"),
            text("ldapAttributeGroupName", "cn"),
            text("ldapEnabled", "true"),
        ]
    }
}

/// A user in LDIF.
pub(crate) fn person(name: &str) -> String {
    let shown = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    format!(
        "dn: {}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {shown}\nsn: Example\ngivenName: {shown}\n\
         mail: {name}@example.com\n\n",
        dn_of(name)
    )
}

/// The DN of a user.
pub(crate) fn dn_of(name: &str) -> String {
    format!("uid={name},ou=people,{BASE}")
}

/// A group in LDIF, with members by DN.
pub(crate) fn group(name: &str, members: &[&str]) -> String {
    let members: String = members.iter().map(|dn| format!("member: {dn}\n")).collect();
    format!("dn: cn={name},ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: {name}\n{members}\n")
}

fn config(folder: &TempDir, limits: &str) -> String {
    let at = |name: &str| folder.path().join(name).display().to_string();
    let schemas: String = ["core", "cosine", "nis", "inetorgperson"]
        .iter()
        .map(|name| format!("include: file:///etc/ldap/schema/{name}.ldif\n\n"))
        .collect();
    format!(
        "dn: cn=config\nobjectClass: olcGlobal\ncn: config\nolcTLSCACertificateFile: {ca}\n\
         olcTLSCertificateFile: {certificate}\nolcTLSCertificateKeyFile: {key}\n\n\
         dn: cn=module,cn=config\nobjectClass: olcModuleList\ncn: module\nolcModulePath: /usr/lib/ldap\n\
         olcModuleLoad: back_mdb\n\n\
         dn: cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: schema\n\n{schemas}\
         dn: olcDatabase=mdb,cn=config\nobjectClass: olcDatabaseConfig\nobjectClass: olcMdbConfig\n\
         olcDatabase: mdb\nolcDbDirectory: {data}\nolcSuffix: {BASE}\nolcRootDN: {ROOT}\nolcRootPW: root\n\
         olcDbMaxSize: 268435456\nolcDbNoSync: TRUE\nolcLimits: dn.exact=\"{READER}\" {limits}\n\
         olcAccess: to attrs=userPassword by anonymous auth by * none\n\
         olcAccess: to * by dn.exact=\"{READER}\" read by * none\n",
        ca = at("ca.pem"),
        certificate = at("server.pem"),
        key = at("server.key"),
        data = at("data"),
    )
}

fn load(folder: &TempDir, args: &[&str], input: &str) {
    let mut command = Command::new("/usr/sbin/slapadd");
    run(command.current_dir(folder.path()).args(["-F", "config"]).args(args), input);
}

/// Runs a program to its end with this input.
fn run(command: &mut Command, input: &str) {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| {
        panic!("cannot start {command:?}: {error}. `tests/setup.sh` installs it.")
    });
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(input.as_bytes()).expect("its input");
    drop(stdin);
    let ended = ended(child);
    assert!(ended.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ended.stderr));
}
