//! The result of an import: imported and left-out objects.

use serde::Serialize;

use super::super::{column::TableColumn, page::Page, printable, report::Outcome};
use crate::{
    encryption_key::KeyOrigin,
    model::User,
    pocket_id::{Contents, LeftOut, RenamedAccount},
};

/// The counts of an import, and the objects left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportSummary {
    dry_run: bool,
    imported: Counts,
    left_out: Vec<LeftOut>,
    #[serde(skip)]
    has_administrator: bool,
    #[serde(skip)]
    log_is_missing: bool,
    #[serde(skip)]
    renamed: Vec<RenamedAccount>,
    /// The location of the encryption key that seals the imported secrets.
    #[serde(skip)]
    sealed_under: Option<KeyOrigin>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    users: usize,
    passkeys: usize,
    groups: usize,
    group_memberships: usize,
    custom_claims: usize,
    clients: usize,
    client_secrets: usize,
    apis: usize,
    scim_providers: usize,
    consents: usize,
    api_keys: usize,
    invitations: usize,
    settings: usize,
    pictures: usize,
    audit_log_entries: usize,
    signing_keys: usize,
}

impl ImportSummary {
    /// Counts the objects to import.
    pub fn of(contents: &Contents, dry_run: bool) -> Self {
        let logos = contents.clients.iter().map(|client| client.logos.len()).sum::<usize>();
        let may_administer = |user: &User| user.is_admin && !user.disabled;
        Self {
            dry_run,
            imported: Counts {
                users: contents.users.len(),
                passkeys: contents.passkeys.len(),
                groups: contents.groups.len(),
                group_memberships: contents.members.len(),
                custom_claims: contents.claims.len(),
                clients: contents.clients.len(),
                client_secrets: contents.clients.iter().map(|client| client.secrets.len()).sum(),
                apis: contents.apis.len(),
                scim_providers: contents.scim_providers.len(),
                consents: contents.consents.len(),
                api_keys: contents.api_keys.len(),
                invitations: contents.invitations.len(),
                settings: contents.settings.len(),
                pictures: contents.application_images.len()
                    + contents.profile_pictures.len()
                    + logos,
                audit_log_entries: contents.audit_log.len(),
                signing_keys: usize::from(contents.signing_key.is_some()),
            },
            left_out: contents.left_out.clone(),
            has_administrator: contents.users.iter().any(may_administer),
            log_is_missing: contents.log_is_missing,
            renamed: contents.renamed.clone(),
            sealed_under: None,
        }
    }

    /// Signs of a fault in the old system or in its copy. The user has to confirm them.
    pub fn doubts(&self) -> Vec<String> {
        self.hints_of_loss().into_iter().chain(self.doubt_about_names()).collect()
    }

    /// Whether the latest changes may be missing.
    pub fn log_is_missing(&self) -> bool {
        self.log_is_missing
    }

    /// Signs that a part of the old system is missing.
    pub fn hints_of_loss(&self) -> Vec<String> {
        let log = "pocket-id.db has a write-ahead log, but the file pocket-id.db-wal is missing: \
                   accounts, clients and keys may be missing too. Copy pocket-id.db, \
                   pocket-id.db-wal and pocket-id.db-shm together while Pocket ID is stopped, or \
                   use an export";
        let clients = "there are users but no clients: is this the whole database?";
        let has_no_clients = self.imported.users > 0 && self.imported.clients == 0;
        let doubts = [(self.log_is_missing, log), (has_no_clients, clients)];
        let doubts = doubts.into_iter().filter(|(is_so, _)| *is_so);
        doubts.map(|(_, doubt)| doubt.to_owned()).collect()
    }

    /// Accounts and groups that are not imported, or with another name.
    pub fn doubts_about_people(&self) -> Vec<String> {
        let left = self.left_out.iter().filter(|it| matches!(it.kind, "user" | "group"));
        let left = left.map(|LeftOut { kind, name, reason }| format!("{kind} {name}: {reason}"));
        left.chain(self.doubt_about_names()).collect()
    }

    /// The objects that are not imported.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// The counts in one line, without those of which there is nothing.
    pub fn counted(&self) -> String {
        let rows = self.imported.rows().into_iter().filter(|(_, count)| *count > 0);
        rows.map(|(what, count)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
    }

    /// Reports usernames that equal another account's email: a user chose that email as their
    /// username, or one person has two accounts.
    fn doubt_about_names(&self) -> Option<String> {
        const SHOWN: usize = 5;
        let shown =
            self.renamed.iter().take(SHOWN).map(|RenamedAccount { from, to, owner_of_email }| {
                format!("{from} (the email of {owner_of_email}) becomes {to}")
            });
        let shown = shown.collect::<Vec<_>>().join(", ");
        let more = match self.renamed.len().checked_sub(SHOWN) {
            None | Some(0) => String::new(),
            Some(more) => format!(", and {more} more, which --dry-run lists"),
        };
        (!shown.is_empty()).then(|| {
            format!(
                "accounts whose username is the email of another account get another username: \
                 {shown}{more}. Check who owns these accounts before you let them sign in"
            )
        })
    }

    /// Marks the import as done, with the key that seals its secrets.
    pub fn sealed_under(self, origin: KeyOrigin) -> Self {
        Self { sealed_under: Some(origin), ..self }
    }

    /// Warnings about changed behaviour, with their fixes.
    pub fn warnings(&self) -> Vec<String> {
        let nobody = "no enabled administrator was imported; to create one: pocketid setup";
        (!self.has_administrator).then(|| nobody.to_owned()).into_iter().collect()
    }

    /// Announces the import to a person.
    pub fn told(&self) -> String {
        let Counts { users, clients, passkeys, .. } = self.imported;
        let left_out = self.left_out.len();
        format!(
            "This imports {users} users with {passkeys} passkeys, and {clients} clients. \
             {left_out} things are not imported; --dry-run lists them."
        )
    }
}

impl Counts {
    fn rows(&self) -> [(&'static str, usize); 16] {
        [
            ("users", self.users),
            ("passkeys", self.passkeys),
            ("groups", self.groups),
            ("group memberships", self.group_memberships),
            ("custom claims", self.custom_claims),
            ("clients", self.clients),
            ("client secrets", self.client_secrets),
            ("APIs", self.apis),
            ("SCIM providers", self.scim_providers),
            ("consents", self.consents),
            ("API keys", self.api_keys),
            ("invitations", self.invitations),
            ("settings", self.settings),
            ("pictures", self.pictures),
            ("audit log entries", self.audit_log_entries),
            ("signing keys", self.signing_keys),
        ]
    }
}

impl Outcome for ImportSummary {
    fn write_text(&self, page: &mut Page) {
        page.remark(if self.dry_run { "Would be imported:" } else { "Imported:" });
        let rows = self.imported.rows().into_iter();
        page.table(
            [TableColumn::text("WHAT"), TableColumn::whole("COUNT")],
            rows.map(|(what, count)| [what.to_owned(), count.to_string()]).collect(),
        );
        if self.left_out.is_empty() {
            return;
        }
        page.remark("\nNot imported:");
        for left in &self.left_out {
            let (kind, name, reason) = (&left.kind, &left.name, &left.reason);
            if page.is_terminal() {
                page.sentence(format!("- {kind} {name}: {reason}"));
            } else {
                page.line(
                    [&format!("- {kind}"), name, reason].map(|it| printable::value(it)).join("\t"),
                );
            }
        }
    }

    fn afterword(&self) -> Option<String> {
        let key = match self.sealed_under.as_ref()? {
            KeyOrigin::Variable => "the current ENCRYPTION_KEY".to_owned(),
            KeyOrigin::File(path) => {
                format!("the current ENCRYPTION_KEY_FILE={}", path.display())
            }
            KeyOrigin::Kept(path) => format!(
                "the key in {}, which is used when ENCRYPTION_KEY is not set: not with the key of \
                 Pocket ID",
                path.display()
            ),
        };
        Some(format!("Start the server with the APP_URL that Pocket ID had, and with {key}."))
    }
}
