//! Images stored in the database. Their type is detected from the content, because file names may
//! be wrong.

/// Image formats that browsers can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageType {
    /// AV1 Image File Format.
    Avif,
    /// Graphics Interchange Format.
    Gif,
    /// Windows icon container.
    Ico,
    /// JPEG.
    Jpeg,
    /// Portable Network Graphics.
    Png,
    /// An SVG document. It is served such that its scripts do not run.
    Svg,
    /// WebP.
    Webp,
}

impl ImageType {
    const ALL: [Self; 7] =
        [Self::Avif, Self::Gif, Self::Ico, Self::Jpeg, Self::Png, Self::Svg, Self::Webp];

    /// Returns the media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Avif => "image/avif",
            Self::Gif => "image/gif",
            Self::Ico => "image/x-icon",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
            Self::Webp => "image/webp",
        }
    }

    /// Reads a media type.
    pub fn parse(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.media_type() == media_type)
    }

    /// Whether programs other than browsers can show it.
    pub fn is_read_everywhere(self) -> bool {
        matches!(self, Self::Gif | Self::Jpeg | Self::Png | Self::Webp)
    }

    fn recognise(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => {
                Some(Self::Avif)
            }
            // An icon directory with at least one entry.
            [0, 0, 1, 0, low, high, ..] if (*low, *high) != (0, 0) => Some(Self::Ico),
            text => is_svg(std::str::from_utf8(text).ok()?).then_some(Self::Svg),
        }
    }
}

/// Whether the root element is `svg`, after an XML declaration, comments and a DOCTYPE.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    for (opening, closing) in [("<?", "?>"), ("<!--", "-->"), ("<!DOCTYPE", ">"), ("<!--", "-->")] {
        while rest.starts_with(opening) {
            let Some((_, after)) = rest.split_once(closing) else { return false };
            rest = after.trim_start();
        }
    }
    let name = rest.strip_prefix("<svg");
    name.is_some_and(|after| after.starts_with(|c: char| c.is_whitespace() || c == '>'))
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The image format.
    pub image_type: ImageType,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Image {
    /// 2 MiB, also the limit of the REST API for logos.
    pub const MAX_SIZE: usize = 2 * 1024 * 1024;
    /// Limit for a full-page background image.
    pub const MAX_BACKGROUND_SIZE: usize = 8 * 1024 * 1024;

    /// Detects the format; `None` if the bytes are not an image.
    pub fn recognise(bytes: Vec<u8>) -> Option<Self> {
        ImageType::recognise(&bytes).map(|image_type| Self { image_type, bytes })
    }
}

/// The background that a logo is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// A dark background.
    Dark,
    /// A light background.
    Light,
}

impl Theme {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// The logos that a client has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Logos {
    /// A logo for light backgrounds. It is also used on dark ones if there is no other.
    pub light: bool,
    /// A logo for dark backgrounds.
    pub dark: bool,
}

/// The images of the installation. The names are those of the files of Pocket ID 2.14.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationImage {
    /// The background of sign-in pages.
    Background,
    /// The profile picture of users without one of their own.
    DefaultProfilePicture,
    /// The icon in the browser tab.
    Favicon,
    /// The logo on dark backgrounds.
    LogoDark,
    /// The logo in mails.
    LogoEmail,
    /// The logo on light backgrounds.
    LogoLight,
}

impl ApplicationImage {
    /// Every image.
    pub const ALL: [Self; 6] = [
        Self::Background,
        Self::DefaultProfilePicture,
        Self::Favicon,
        Self::LogoDark,
        Self::LogoEmail,
        Self::LogoLight,
    ];

    /// The name in the database, and of the file in Pocket ID.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::DefaultProfilePicture => "default-profile-picture",
            Self::Favicon => "favicon",
            Self::LogoDark => "logoDark",
            Self::LogoEmail => "logoEmail",
            Self::LogoLight => "logoLight",
        }
    }

    /// Returns the logo for a background.
    pub fn logo(theme: Theme) -> Self {
        match theme {
            Theme::Dark => Self::LogoDark,
            Theme::Light => Self::LogoLight,
        }
    }

    /// Whether this format may be used: mail programs show two formats, browsers three for icons.
    pub fn accepts(self, image_type: ImageType) -> bool {
        match self {
            Self::Favicon => {
                matches!(image_type, ImageType::Ico | ImageType::Png | ImageType::Svg)
            }
            Self::LogoEmail => matches!(image_type, ImageType::Jpeg | ImageType::Png),
            _ => true,
        }
    }

    /// The allowed formats, if not all are.
    pub fn wanted_types(self) -> Option<&'static str> {
        match self {
            Self::Favicon => Some("SVG, PNG, or ICO"),
            Self::LogoEmail => Some("PNG or JPEG"),
            _ => None,
        }
    }

    /// Largest size, in bytes.
    pub fn max_size(self) -> usize {
        match self {
            Self::Background => Image::MAX_BACKGROUND_SIZE,
            _ => Image::MAX_SIZE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_first_bytes() {
        for (image, expected) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], "image/png"),
            (b"\xff\xd8\xff\xe0..", "image/jpeg"),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", "image/webp"),
            (b"GIF89a..", "image/gif"),
            (b"\0\0\0\x20ftypavif....", "image/avif"),
            (b"\0\0\x01\0\x01\0....", "image/x-icon"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
            (
                b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE svg>\n<svg>",
                "image/svg+xml",
            ),
        ] {
            let image = Image::recognise(image.to_vec()).unwrap();
            assert_eq!(image.image_type.media_type(), expected);
            assert_eq!(ImageType::parse(expected), Some(image.image_type));
        }
    }

    #[test]
    fn what_is_no_image_is_not_taken_for_one() {
        for text in [
            "",
            "<html><svg></svg></html>",
            "<svgx>",
            "%PDF-1.7",
            "<!-- <svg>",
            "svg",
            "\0\0\x01\0",
        ] {
            assert!(Image::recognise(text.into()).is_none(), "{text}");
        }
    }
}
