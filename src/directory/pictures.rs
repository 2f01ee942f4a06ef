//! Profile pictures from the directory: those that have changed, one at a time. A picture that cannot be had
//! changes nothing else.

use std::time::{Duration, Instant};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tokio::runtime::Handle;
use url::Url;

use super::{
    people::PictureSource,
    read::look_up,
    settings::DirectorySettings,
    step::PictureStep,
    warnings::{Warnings, shown},
};
use crate::{
    crypto::{Digest, tls::Authorities},
    model::{ProfilePicture, UserId},
    operations::{By, Refusal, users},
    outbound::{LdapFault, LdapSession, Outbound, Reach},
    store::{Store, StoreError, directory},
};

/// How long all pictures of one sync may take; the next one goes on.
const TIME: Duration = Duration::from_secs(300);
/// How long a picture at an address may take (Pocket ID 2.14).
const FETCH_TIME: Duration = Duration::from_secs(15);
/// The largest picture at an address, in bytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Decodes a picture; `None` when it is none.
pub type DecodePicture<'a> = &'a dyn Fn(Vec<u8>) -> Result<Option<ProfilePicture>, String>;

/// The tools for fetching and decoding pictures.
pub struct PictureTools<'a> {
    /// The client for pictures at an address.
    pub outbound: &'a Outbound,
    /// The decoder.
    pub decode: DecodePicture<'a>,
    /// Runs connections.
    pub runtime: &'a Handle,
}

impl std::fmt::Debug for PictureTools<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PictureTools")
    }
}

/// The directory whose pictures are taken over.
pub(super) struct PictureWork<'a> {
    pub store: &'a Store,
    pub by: &'a By,
    pub settings: &'a DirectorySettings,
    pub authorities: &'a Authorities,
    pub tools: &'a PictureTools<'a>,
}

impl PictureWork<'_> {
    /// Takes over the pictures. Returns how many accounts have another one.
    pub(super) fn run(
        &self,
        steps: Vec<PictureStep>,
        warnings: &mut Warnings,
    ) -> Result<usize, StoreError> {
        let (begun_at, mut session, mut count) = (Instant::now(), None, 0);
        let total = steps.len();
        for (done, PictureStep { id, source }) in steps.into_iter().enumerate() {
            if begun_at.elapsed() > TIME {
                warnings.add(format!("{} pictures: the next sync goes on", total - done));
                break;
            }
            let Some(user) = self.store.read_blocking(|tx| directory::find_user(tx, &id))? else {
                continue;
            };
            let Some(source) = source else {
                self.set(user, None, None)?;
                count += 1;
                continue;
            };
            match self.fetch(&mut session, &source) {
                Ok(bytes) => match (self.tools.decode)(bytes) {
                    Ok(picture) => {
                        let is_one = picture.is_some();
                        // Also one that is no picture, so that it is not decoded again.
                        self.set(user, picture, Some(&source.digest))?;
                        if is_one {
                            count += 1;
                        } else {
                            warnings.add(format!("{}: its picture is none", shown(&source.dn)));
                        }
                    }
                    Err(error) => warnings.add(format!("{}: {error}", shown(&source.dn))),
                },
                Err(why) => warnings.add(format!("{}: {why}", shown(&source.dn))),
            }
        }
        Ok(count)
    }

    /// Fetches a picture: from the entry, or from the address in it.
    fn fetch(
        &self,
        session: &mut Option<LdapSession>,
        source: &PictureSource,
    ) -> Result<Vec<u8>, String> {
        let attribute = &self.settings.user.picture;
        let read = self.tools.runtime.block_on(async {
            if session.is_none() {
                *session = Some(LdapSession::open(&self.settings.server, self.authorities).await?);
            }
            let Some(open) = session else { return Ok(None) };
            let read = look_up(open, &source.dn, std::slice::from_ref(attribute)).await;
            if read.is_err() {
                *session = None;
            }
            read
        });
        let entry = read.map_err(|fault: LdapFault| fault.to_string())?;
        let value = entry.as_ref().and_then(|entry| entry.values(attribute).first());
        let value = value.ok_or("its picture is gone")?;
        match picture_in(value) {
            PictureValue::At(url) => self.tools.runtime.block_on(self.download(&url)),
            PictureValue::Bytes(bytes) => Ok(bytes),
        }
    }

    /// Downloads a picture. Users may be able to change their entry, so that only public addresses are
    /// connected to.
    async fn download(&self, url: &Url) -> Result<Vec<u8>, String> {
        let answer = self.tools.outbound.get_image(url, Reach::Public, FETCH_TIME, MAX_BYTES).await;
        let answer = answer.map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(format!("its picture was answered with {}", answer.status));
        }
        Ok(answer.body.to_vec())
    }

    fn set(
        &self,
        user: UserId,
        picture: Option<ProfilePicture>,
        digest: Option<&str>,
    ) -> Result<(), StoreError> {
        let digest = digest.and_then(Digest::from_hex);
        let input = (picture, digest);
        let by = self.by.clone();
        let set = by.act(input, move |act, (picture, digest)| {
            match picture {
                Some(picture) => users::set_picture(act, user, picture)?,
                None if digest.is_none() => users::delete_picture(act, user)?,
                None => {}
            }
            Ok::<_, Refusal>(directory::note_picture(act, user, *digest)?)
        });
        match self.store.write_blocking(set) {
            Err(Refusal::Store(error)) => Err(error),
            // The account may have been deleted meanwhile.
            _ => Ok(()),
        }
    }
}

/// The two forms of a value: an address, or a picture (Pocket ID 2.14).
enum PictureValue {
    At(Url),
    Bytes(Vec<u8>),
}

fn picture_in(value: &[u8]) -> PictureValue {
    let text = std::str::from_utf8(value).map(str::trim).unwrap_or_default();
    if let Ok(url) = Url::parse(text)
        && matches!(url.scheme(), "http" | "https")
    {
        return PictureValue::At(url);
    }
    let plain: String = text.split_ascii_whitespace().collect();
    match BASE64_STANDARD.decode(&plain) {
        Ok(bytes) if !bytes.is_empty() => PictureValue::Bytes(bytes),
        _ => PictureValue::Bytes(value.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_at_an_address_in_base64_or_as_it_is() {
        let bytes = |value: &[u8]| match picture_in(value) {
            PictureValue::Bytes(bytes) => bytes,
            PictureValue::At(url) => format!("at {url}").into_bytes(),
        };
        assert_eq!(bytes(b" https://example.com/a.png"), b"at https://example.com/a.png");
        assert_eq!(bytes(b"iVBORw0KGgo="), b"\x89PNG\r\n\x1a\n");
        assert_eq!(bytes(b"iVBO\nRw0KGgo=\n"), b"\x89PNG\r\n\x1a\n");
        assert_eq!(bytes(b"\xff\xd8\xff"), b"\xff\xd8\xff");
        assert_eq!(bytes(b"file:///etc/passwd"), b"file:///etc/passwd");
    }
}
