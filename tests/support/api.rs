//! APIs, and which clients may use them.

use pocketid::{
    crypto::{Rng, SystemRng},
    model::{Api, ApiId, Permission, ScopeName, SubjectType},
    store::{StoreError, apis},
};

use super::op::{TestClient, TestOp};

fn keys(permissions: &[&str]) -> Vec<ScopeName> {
    permissions.iter().map(|key| key.parse().expect("a permission")).collect()
}

impl TestOp {
    /// Registers an API with these permissions.
    pub(crate) fn api(&self, resource: &str, permissions: &[&str]) -> ApiId {
        let rng: &dyn Rng = &SystemRng::new();
        let api = Api {
            id: ApiId(rng.uuid_v7(self.now().as_unix_millis())),
            name: "Orders".parse().expect("a name"),
            resource: resource.parse().expect("a resource"),
            is_open_to_metadata_clients: false,
            permissions: Vec::new(),
            created_at: self.now(),
        };
        let (id, keys) = (api.id, keys(permissions));
        let stored = self.store().write_blocking(move |tx| {
            apis::insert(tx, &api)?;
            for key in &keys {
                let name = key.as_str().parse().expect("a name");
                let description = "".parse().expect("a text");
                let permission = Permission {
                    key: key.clone(),
                    name,
                    description,
                    is_open_to_metadata_clients: false,
                };
                assert!(apis::insert_permission(tx, id, &permission)?);
            }
            Ok::<_, StoreError>(())
        });
        stored.expect("a write");
        id
    }

    /// Lets a client use an API.
    pub(crate) fn let_use(
        &self,
        client: &TestClient,
        api: ApiId,
        subject: SubjectType,
        permissions: &[&str],
    ) {
        let (client_id, keys) = (client.id.parse().expect("a client id"), keys(permissions));
        let granted = self
            .store()
            .write_blocking(move |tx| apis::grant(tx, api, &client_id, (subject, &keys[..])));
        granted.expect("a write");
    }
}
