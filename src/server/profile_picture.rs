//! `GET /api/users/{id}/profile-picture.png`: the address in the `picture` claim (Pocket ID 2.14)

use hyper::{StatusCode, header::CACHE_CONTROL};

use super::http::{ApiError, Request, Response};
use crate::{model::UserId, store::users};

/// Colours that white letters are readable on.
const COLOURS: [&str; 8] =
    ["#1d4ed8", "#0e7490", "#047857", "#4d7c0f", "#b45309", "#b91c1c", "#a21caf", "#6d28d9"];

/// The initials of the user. It is drawn as SVG whatever the path says: browsers go by the media
/// type.
pub(super) async fn show(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.public();
    let missing = || ApiError::new(StatusCode::NOT_FOUND, "user_not_found", "User not found");
    let id: UserId = id.parse().map_err(|_| missing())?;
    let user = req.app.store().read(move |tx| users::find(tx, id)).await?;
    let initials = user.ok_or_else(missing)?.initials();
    let [.., last] = *id.0.as_bytes();
    let colour = COLOURS[usize::from(last) % COLOURS.len()];
    Ok(Response::bytes("image/svg+xml", picture(&initials, colour))
        .header(CACHE_CONTROL, "public, max-age=900, stale-while-revalidate=3600"))
}

fn picture(initials: &str, colour: &str) -> String {
    let mut letters = String::new();
    for c in initials.chars().take(2) {
        match c {
            '&' => letters.push_str("&amp;"),
            '<' => letters.push_str("&lt;"),
            c => letters.push(c),
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"300\" \
         viewBox=\"0 0 300 300\"><rect width=\"300\" height=\"300\" fill=\"{colour}\"/>\
         <text x=\"150\" y=\"150\" dy=\".36em\" text-anchor=\"middle\" fill=\"#fff\" \
         font-family=\"system-ui,sans-serif\" font-size=\"130\" font-weight=\"600\">{letters}\
         </text></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_markup() {
        assert!(picture("<&", "#000").contains(">&lt;&amp;<"));
    }
}
