//! What the pages of the settings show: a file for each thing they are about.

mod api_keys;
mod apps;
mod clients;
mod configuration;
mod groups;
mod invitations;
mod list;
mod live;
mod program_tokens;
mod protected_hosts;
mod ssh;
mod users;
mod webhooks;

pub use api_keys::ApiKeysPage;
pub use apps::{AppCard, AppsPage};
pub use clients::{
    ApiPage, ApiTab, AssertionRow, CertificateForm, ClaimRow, ClientApiAccess, ClientCredentials,
    ClientForm, ClientPage, ClientPreview, ClientTab, ExchangeRow, IdentityRow, NewClientPage,
    PermissionRow, RecipeCard, RecipePage, ScimFailure, ScimForm, SecretRow,
};
pub use configuration::{
    ConfigField, ConfigFieldKind, ConfigurationPage, IMAGE_TYPES, ImageForm, ShownSync,
    SigningKeysPage,
};
pub use groups::{GroupPage, GroupTab};
pub use invitations::InvitationsPage;
pub use list::{HeadingLink, TablePage};
pub use live::{BackupsPage, HealthPage};
pub use program_tokens::{ProgramTokensPage, TokenWords};
pub use protected_hosts::{ProtectedHostForm, ProtectedHostPage, ProxyLines};
pub use ssh::{SshAccountPage, SshHostsPage, SshLines};
pub use users::{
    AssertedSubjectRow, InvitePage, MembershipRow, NewServicePage, ServiceForm, UserPage, UserTab,
};
pub use webhooks::{StoredWebhook, WebhookPage};
