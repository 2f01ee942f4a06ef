//! Pictures. The path gives the owner, the content gives the type.

use super::{Contents, uploads::Uploads};
use crate::{
    crypto::Digest,
    model::{ApplicationImage, Image, Theme, UserId},
};

/// SHA-256 digests of the pictures that ship with Pocket ID. Older releases copy them to the pictures
/// of the installation.
const OF_POCKET_ID: [&str; 8] = [
    // Background of 2.14
    "fc9ea4a7d9ac36321d9d5a34e7f0c346f5cb47254e1ee8fb75aac8b58db04230",
    // favicon.ico
    "70f9c4b6bd4781ade5fc96958b1267511751e91957f83c2354fb880b35ec890a",
    // Logo for emails of 2.14
    "06bac68009fdf93a9e1fac8608ba539701b569f1a75aefca2e84b10b3c96669b",
    // background.webp
    "3fc436a66d6b872b01d96a4e75046c46b5c3e2daccd51e98ecdf98fd445599ab",
    // background.jpg
    "138d510030ed845d1d74de34658acabff562d306476454369a60ab8ade31933f",
    // logo.svg
    "f1e60707df9784152ce0847e3eb59cb68b9015f918ff160376c27ebff1eda796",
    // logoDark.svg
    "0421a8d93714bacf54c78430f1db378fd0d29565f6de59b6a89090d44a82eb16",
    // logoLight.svg
    "6d42c88cf6668f7e57c4f2a505e71ecc8a1e0a27534632aa6adec87b812d0bb0",
];

pub(super) fn read(out: &mut Contents, uploads: &mut Uploads) {
    for (path, content) in std::mem::take(&mut uploads.files) {
        if OF_POCKET_ID.contains(&hex(&content).as_str()) {
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

/// The SHA-256 digest in hexadecimal.
fn hex(content: impl AsRef<[u8]>) -> String {
    Digest::of(content).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
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
    for imported in &mut out.clients {
        let id = imported.client.id.as_str();
        let id =
            if imported.client.id.is_url() { format!("cimd-{}", hex(id)) } else { id.to_owned() };
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
