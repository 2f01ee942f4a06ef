//! Pictures. The path gives the owner, the content gives the type.

use super::{Contents, uploads::Uploads};
use crate::{
    crypto::Digest,
    model::{ApplicationImage, Image, Theme, UserId},
};

/// SHA-256 digests of the pictures that ship with Pocket ID 2.14: background, icon, and logo for
/// emails.
const OF_POCKET_ID: [&str; 3] = [
    "_J6kp9msNjIdnVo05_DDRvXLRyVOHuj7darItY2wQjA",
    "cPnEtr1Hga3l_JaVixJnURdR6RlX-DwjVPuICzXsiQo",
    "BrrGgAn9-TqeH6yGCLpTlwG1afGnWu_KLoSxCzyWZps",
];

pub(super) fn read(out: &mut Contents, uploads: &mut Uploads) {
    for (path, content) in std::mem::take(&mut uploads.files) {
        if OF_POCKET_ID.contains(&Digest::of(&content).base64url().as_str()) {
            continue;
        }
        let Some(image) = Image::recognise(content) else {
            out.leave_out("picture", path, "it is not an image that browsers can show");
            continue;
        };
        let (folder, name) = path.split_once('/').unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let fault = match folder {
            "application-images" => application_image(out, stem, image),
            "oidc-client-images" => client_logo(out, stem, image),
            _ => profile_picture(out, stem, image),
        };
        if let Err(reason) = fault {
            out.leave_out("picture", path, reason);
        }
    }
}

type Taken = Result<(), &'static str>;

fn application_image(out: &mut Contents, stem: &str, image: Image) -> Taken {
    let name = ApplicationImage::ALL.into_iter().find(|name| name.as_str() == stem);
    let name = name.ok_or("it is not used here")?;
    if image.bytes.len() > name.max_size() {
        return Err("it is larger than 2 MiB");
    }
    if out.application_images.iter().any(|(known, _)| *known == name) {
        return Err("another image has this name");
    }
    out.application_images.push((name, image));
    Ok(())
}

/// File names are `ID.png` and `ID-dark.png`; for a client whose id is a URL, `cimd-SHA256.png`.
fn client_logo(out: &mut Contents, stem: &str, image: Image) -> Taken {
    if image.bytes.len() > Image::MAX_SIZE {
        return Err("it is larger than 2 MiB");
    }
    let hex = |id: &str| {
        let digest = Digest::of(id);
        let hex: String = digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("cimd-{hex}")
    };
    for imported in &mut out.clients {
        let id = imported.client.id.as_str();
        let id = if imported.client.id.is_url() { hex(id) } else { id.to_owned() };
        let theme = match stem.strip_prefix(id.as_str()) {
            Some("") => Theme::Light,
            Some("-dark") => Theme::Dark,
            _ => continue,
        };
        if imported.logos.iter().all(|(known, _)| *known != theme) {
            imported.logos.push((theme, image));
        }
        return Ok(());
    }
    Err("its client was not imported")
}

fn profile_picture(out: &mut Contents, stem: &str, image: Image) -> Taken {
    if image.bytes.len() > Image::MAX_SIZE {
        return Err("it is larger than 2 MiB");
    }
    let user: UserId = stem.parse().map_err(|_| "its user does not exist")?;
    if out.users.iter().any(|known| known.id == user) {
        out.profile_pictures.push((user, image));
    } else {
        return Err("its user was not imported");
    }
    Ok(())
}
