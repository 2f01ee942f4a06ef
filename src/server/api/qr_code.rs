//! `/api/qr-code`: an addition to Pocket ID, whose pages draw QR codes themselves.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};
use serde::{Deserialize, Serialize};

use crate::{
    model::text::TextError,
    server::{
        http::{ApiError, Request, Response},
        route::{Route, post},
    },
};

/// The quiet zone around the code, in modules (ISO/IEC 18004 §6.3.8).
const MARGIN: usize = 4;
/// Longer than every path of ours, in bytes.
const MAX_PATH: usize = 512;

pub(super) fn routes() -> Vec<Route> {
    vec![post("/api/qr-code", draw).for_anyone().takes::<QrCodeBody>().gives::<QrCodeView>()]
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["path"])))]
struct QrCodeBody {
    /// The path and the query of an address of this server, of at most 512 bytes.
    #[serde(default)]
    path: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct QrCodeView {
    /// The code as an SVG image.
    svg: String,
}

/// Draws an address of this server as a QR code, for anyone: also for a device that asks to be
/// signed in. The path is in the body, since links to sign in must not be in logs.
async fn draw(req: Request) -> Result<Response, ApiError> {
    let req = req.public().json::<QrCodeBody>().await?;
    let path = req.body.path.as_str();
    if !path.starts_with('/') || path.len() > MAX_PATH {
        let message = format!("must begin with / and have at most {MAX_PATH} characters");
        return Err(ApiError::field("path", TextError { code: "invalid_format", message }));
    }
    let address = format!("{}{path}", req.app.settings().app_url.as_str());
    let svg = svg(&address).ok_or_else(|| ApiError::internal("the address is too long to draw"))?;
    Ok(Response::json(&QrCodeView { svg }))
}

/// Draws the code: a square for each dark module.
fn svg(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let size = code.size + 2 * MARGIN;
    let mut path = String::new();
    for row in 0..code.size {
        for column in (0..code.size).filter(|column| code[row][*column].value()) {
            // Writing into a text does not fail.
            let _ = write!(path, "M{} {}h1v1h-1z", column + MARGIN, row + MARGIN);
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/>\
         <path d=\"{path}\"/></svg>"
    ))
}
