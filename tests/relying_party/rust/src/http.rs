//! Just enough of HTTP for a provider on this machine.

use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
};

use openidconnect::{HttpRequest, HttpResponse, http::Response};

/// Sends a request on a connection of its own, and reads until its end.
pub(crate) fn send(request: HttpRequest) -> Result<HttpResponse, io::Error> {
    let authority = request.uri().authority().ok_or(io::ErrorKind::InvalidInput)?.as_str();
    let path = request.uri().path();
    let mut head = format!("{} {path} HTTP/1.0\r\nHost: {authority}\r\n", request.method());
    for (name, value) in request.headers() {
        let value = value.to_str().map_err(io::Error::other)?;
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", request.body().len()));

    let mut stream = TcpStream::connect(authority)?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(request.body())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    read(&answer).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn read(answer: &[u8]) -> Option<HttpResponse> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let mut lines = str::from_utf8(&answer[..end]).ok()?.lines();
    let mut response = Response::builder().status(lines.next()?.split(' ').nth(1)?);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        response = response.header(name, value);
    }
    response.body(answer[end + 4..].to_vec()).ok()
}
