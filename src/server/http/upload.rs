//! Uploads: one file in a form (RFC 7578), limited in size, in time and in the number of uploads at
//! once.

use http_body_util::{BodyExt as _, Full};
use hyper::{StatusCode, header::CONTENT_TYPE};
use multer::Multipart;

use super::{
    ApiError, Authorised,
    account::Account,
    api_error::FieldError,
    body::{self, Body, BodyError},
};

/// The form field of the file (Pocket ID 2.14).
const FIELD: &str = "file";
/// The maximum number of parts in a form. Browsers and programs send one; some add a name or a
/// checksum.
const MAX_PARTS: usize = 16;

impl Authorised<Account, Body> {
    /// Reads the body as a form, and extracts its file. `max` is the maximum file size, in bytes;
    /// the route of the endpoint allows [`limits::UPLOAD_FORM`] more.
    pub(in crate::server) async fn file(
        self,
        max: usize,
    ) -> Result<Authorised<Account, Vec<u8>>, ApiError> {
        // Administrators have a queue of their own, which slow uploads of others cannot fill.
        let is_admin = self.who.user.is_admin;
        let queue = if is_admin { self.app.uploads() } else { self.app.user_uploads() };
        let place = self.line_up(queue)?;
        let Self { app, head, who, body } = self;
        let file = {
            let _turn = place.turn().await;
            let boundary = boundary(head.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()))?;
            let bytes = body::read_steadily(body).await.map_err(|error| match error {
                BodyError::TooLarge(_) => too_large(max),
                error => error.into(),
            })?;
            find_file(Multipart::new(Full::new(bytes).into_data_stream(), boundary)).await?
        };
        if file.len() > max {
            return Err(too_large(max));
        }
        Ok(Authorised { app, head, who, body: file })
    }
}

/// Creates the error for a file larger than `max` bytes.
pub(in crate::server) fn too_large(max: usize) -> ApiError {
    // Two decimals, as in Pocket ID.
    let hundredths = max * 100 / (1024 * 1024);
    let size = format!("{}.{:02} MB", hundredths / 100, hundredths % 100);
    let message = format!("File must not exceed {size}");
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", message).max_size(size)
}

fn boundary(content_type: Option<&str>) -> Result<String, ApiError> {
    multer::parse_boundary(content_type.unwrap_or_default()).map_err(ApiError::invalid_body)
}

async fn find_file(mut form: Multipart<'_>) -> Result<Vec<u8>, ApiError> {
    for _ in 0..MAX_PARTS {
        let part = form.next_field().await.map_err(ApiError::invalid_body)?;
        let Some(part) = part else {
            return Err(ApiError::validation(vec![FieldError::required(FIELD)]));
        };
        // A part without a file name is a text field.
        if part.name() == Some(FIELD) && part.file_name().is_some() {
            let bytes = part.bytes().await.map_err(ApiError::invalid_body)?;
            return Ok(bytes.into());
        }
    }
    Err(ApiError::invalid_body(format!("the form has more than {MAX_PARTS} parts")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<u8>, String> {
        let form =
            Multipart::new(Full::new(bytes::Bytes::from(body.to_owned())).into_data_stream(), "X");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(find_file(form)).map_err(|error| format!("{error:?}"))
    }

    fn part(name: &str, more: &str, content: &str) -> String {
        format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{content}\r\n")
    }

    #[test]
    fn the_file_is_found_among_other_parts() {
        let file = part("file", "; filename=\"a.png\"", "bytes");
        assert_eq!(read(&format!("{}{file}--X--\r\n", part("note", "", "x"))).unwrap(), b"bytes");
        assert_eq!(read(&format!("{file}--X--\r\n")).unwrap(), b"bytes");
    }

    #[test]
    fn a_form_without_a_file_or_without_an_end_is_refused() {
        let text = format!("{}--X--\r\n", part("file", "", "bytes"));
        assert!(read(&text).unwrap_err().contains("required"));
        assert!(read("--X--\r\n").unwrap_err().contains("required"));
        let cut = part("file", "; filename=\"a.png\"", "bytes");
        assert!(read(cut.trim_end()).unwrap_err().contains("invalid_request_body"));
        let many = part("note", "", "x").repeat(MAX_PARTS);
        assert!(read(&format!("{many}--X--\r\n")).unwrap_err().contains("parts"));
    }

    #[test]
    fn only_forms_of_parts_have_a_boundary() {
        assert_eq!(boundary(Some("multipart/form-data; boundary=X")).unwrap(), "X");
        for other in [None, Some("application/json"), Some("multipart/form-data"), Some("x")] {
            assert!(boundary(other).is_err(), "{other:?}");
        }
    }
}
