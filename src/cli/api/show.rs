//! `pocketid api show`

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    names::find_api,
    page::{Page, or_none},
    report::Outcome,
};
use crate::{
    model::{Api, ApiGrant, Resource, ScopeName, view::ApiView},
    store::{StoreError, Tx, apis},
};

const EXAMPLES: &str = "\
Examples:
  pocketid api show https://api.example.com
  pocketid api show https://api.example.com --output json | jq .clients";

/// Show an API, its permissions, and the clients that may use it
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Show {
    /// Resource identifier
    #[arg(value_name = "RESOURCE")]
    resource: String,
}

/// An API with the clients that may use it.
#[derive(Debug, Serialize)]
pub struct ShownApi {
    #[serde(flatten)]
    api: ApiView,
    clients: Vec<GrantView>,
    #[serde(skip)]
    resource: Resource,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GrantView {
    client_id: String,
    subject_type: &'static str,
    permissions: Vec<ScopeName>,
}

impl Show {
    pub fn run(self, ctx: &Context) -> Result<ShownApi, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let api = find_api(tx, &self.resource)?;
            Ok(ShownApi::load(tx, &api)?)
        })
    }
}

impl ShownApi {
    /// Loads an API's clients from the database.
    pub fn load(tx: &mut Tx<'_>, api: &Api) -> Result<Self, StoreError> {
        let grants = apis::list_grants(tx, api.id)?;
        Ok(Self {
            clients: grants.into_iter().map(GrantView::of).collect(),
            resource: api.resource.clone(),
            api: ApiView::of(api),
        })
    }

    fn open(&self) -> String {
        if !self.api.is_open_to_metadata_clients {
            return "no".to_owned();
        }
        let open = self.api.permissions.iter().filter(|one| one.is_open_to_metadata_clients);
        format!("yes ({})", or_none(&open.map(|one| one.key.to_string()).collect::<Vec<_>>()))
    }

    /// The resource identifier.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }
}

impl GrantView {
    fn of(grant: ApiGrant) -> Self {
        Self {
            client_id: grant.client_id.to_string(),
            subject_type: grant.subject_type.as_str(),
            permissions: grant.permissions,
        }
    }

    fn text(&self) -> String {
        let keys: Vec<_> = self.permissions.iter().map(ToString::to_string).collect();
        let whom = match self.subject_type {
            "client" => "for itself",
            _ => "for its users",
        };
        format!("{} {whom} ({})", self.client_id, or_none(&keys))
    }
}

impl Outcome for ShownApi {
    fn write_text(&self, page: &mut Page) {
        let permissions: Vec<_> =
            self.api.permissions.iter().map(|permission| permission.key.to_string()).collect();
        let clients: Vec<_> = self.clients.iter().map(GrantView::text).collect();
        page.fields(&[
            ("Resource", self.resource.to_string()),
            ("Name", self.api.name.to_string()),
            ("Permissions", or_none(&permissions)),
            ("Clients", or_none(&clients)),
            ("Unregistered clients", self.open()),
            ("Created", page.moment(self.api.created_at)),
        ]);
    }

    fn afterword(&self) -> Option<String> {
        let resource = &self.resource;
        let tell = || format!("\nTo let a client use it: pocketid api grant {resource} CLIENT");
        self.clients.is_empty().then(tell)
    }
}
