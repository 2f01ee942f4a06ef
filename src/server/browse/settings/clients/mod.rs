//! `/settings/admin/oidc-clients`

mod list;
mod new;
mod show;
mod tabs;

pub(super) use self::{
    list::list,
    new::{by_recipe, new},
    show::show,
};

const PATH: &str = "/settings/admin/oidc-clients";
