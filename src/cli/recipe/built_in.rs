//! The recipes in the program: those of the folder `recipes/`.

macro_rules! recipes {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../recipes/", $name, ".toml")))),*]
    };
}

/// Names and texts. A test holds them against the folder.
pub const BUILT_IN: &[(&str, &str)] = recipes! {
    "actual-budget"
    "argo-cd"
    "audiobookshelf"
    "bookstack"
    "forgejo"
    "freshrss"
    "gitea"
    "gitlab"
    "grafana"
    "harbor"
    "headscale"
    "home-assistant"
    "immich"
    "jellyfin"
    "linkding"
    "mealie"
    "miniflux"
    "minio"
    "netbird"
    "netbox"
    "nextcloud"
    "node-red"
    "oauth2-proxy"
    "open-webui"
    "outline"
    "paperless-ngx"
    "pgadmin"
    "portainer"
    "proxmox"
    "sonarqube"
    "synology"
    "traefik"
    "vaultwarden"
    "wordpress"
};
