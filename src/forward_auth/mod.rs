//! How proxies ask us about requests to protected hosts: the lines that an administrator pastes into their configuration.

mod aliases;
mod caddy;
mod ends;
mod kind;
mod nginx;
mod paths;
mod traefik;

pub use ends::{ProxyEnd, ProxyEnds};
pub use kind::ProxyKind;
pub use paths::{CALLBACK, CHECK, CHECK_FOR_NGINX, FOLDER, HOST_PARAMETER, LOGOUT};
