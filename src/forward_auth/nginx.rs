//! Lines of `nginx.conf`.

use std::fmt::Write as _;

use super::{CHECK_FOR_NGINX, FOLDER, ProxyEnds};
use crate::model::ProtectedHost;

/// `proxy_set_header` replaces what a browser sent; an empty value removes it.
pub(super) fn lines(host: &ProtectedHost, ends: &ProxyEnds) -> String {
    let ProxyEnds { pocketid, application } = ends;
    let (mut read, mut set) = (String::new(), String::new());
    for name in host.headers.names() {
        let variable = name.to_ascii_lowercase().replace('-', "_");
        let _ = writeln!(
            read,
            "        auth_request_set $pocketid_{variable} $upstream_http_{variable};"
        );
        let _ = writeln!(set, "        proxy_set_header {name} $pocketid_{variable};");
    }
    if host.accepts_api_keys {
        set += "        proxy_set_header X-API-Key \"\";\n";
    }
    let name = host.host.as_str();
    let name =
        name.rsplit_once(':').filter(|_| !name.ends_with(']')).map_or(name, |(host, _)| host);
    format!(
        "\
server {{
    server_name {name};
    # Your lines for listen and ssl_certificate.

    location / {{
        auth_request {FOLDER}check;
        auth_request_set $pocketid_location $upstream_http_location;
        auth_request_set $pocketid_cookie $upstream_http_set_cookie;
{read}        error_page 401 = @pocketid;
{set}        proxy_set_header Host $http_host;
        proxy_pass http://{application};
    }}

    location = {FOLDER}check {{
        internal;
        proxy_pass http://{pocketid}{CHECK_FOR_NGINX};
        proxy_pass_request_body off;
        proxy_set_header Content-Length \"\";
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-Method $request_method;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-Uri $request_uri;
    }}

    location {FOLDER} {{
        proxy_pass http://{pocketid};
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-Proto $scheme;
    }}

    location @pocketid {{
        if ($pocketid_location = \"\") {{
            return 401;
        }}
        add_header Set-Cookie $pocketid_cookie;
        return 302 $pocketid_location;
    }}
}}
"
    )
}
