//! APIs, and which clients may use them.

use pocketid::{
    crypto::{Rng, SystemRng},
    model::{Api, ApiGrant, ApiId, Permission, PermissionId, ScopeName, SubjectType},
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
        let ids: Vec<_> = keys.iter().map(|_| PermissionId(self.new_id())).collect();
        let stored = self.store().write_blocking(move |tx| {
            apis::insert(tx, &api)?;
            for (key, permission_id) in keys.iter().zip(&ids) {
                let name = key.as_str().parse().expect("a name");
                let description = "".parse().expect("a text");
                let permission = Permission {
                    id: *permission_id,
                    key: key.clone(),
                    name,
                    description,
                    is_open_to_metadata_clients: false,
                };
                apis::insert_permission(tx, id, &permission)?;
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
        let grant = ApiGrant {
            client_id: client.id.parse().expect("a client id"),
            subject_type: subject,
            permissions: keys(permissions),
        };
        let granted = self.store().write_blocking(move |tx| apis::insert_grant(tx, api, &grant));
        granted.expect("a write");
    }
}
