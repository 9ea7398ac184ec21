//! A small HTTP/1.1 client: one request, one answer, for the services that hand out credentials.

use super::error::NetError;
use super::tls::{Limits, Tls, connect, host_and_port};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// Most bytes of an answer.
const LONGEST: usize = 256 * 1024;

/// A request.
pub struct Request<'a> {
    /// `GET`, `PUT`, `POST`.
    pub method: &'a str,
    /// `http://…` or `https://…`.
    pub url: &'a str,
    /// Headers but for host and length.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body; wiped by whoever made it.
    pub body: &'a [u8],
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Seconds since 1970 by the server's clock, where it says so.
    pub date: Option<i64>,
    /// Its body, which may be a credential.
    pub body: Zeroizing<Vec<u8>>,
}

/// Sends a request once; over TLS where the address begins with `https`.
///
/// # Errors
/// What stood in the way.
pub async fn send(request: &Request<'_>, tls: Option<&Tls>, limits: &Limits) -> Result<Answer, NetError> {
    let (scheme, rest) = request.url.split_once("://").ok_or(NetError::Address)?;
    let (place, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let address = match (place.rsplit_once(':'), scheme) {
        (Some((_, port)), _) if port.parse::<u16>().is_ok() => place.to_owned(),
        (_, "https") => format!("{place}:443"),
        _ => format!("{place}:80"),
    };
    let message = message(request, place, path);
    match (scheme, tls) {
        ("https", Some(tls)) => exchange(tls.connect(&address, limits).await?.0, &message, &address, limits).await,
        ("http", _) => {
            let (host, port) = host_and_port(&address)?;
            exchange(connect(host, port, limits.connect).await?, &message, &address, limits).await
        }
        _ => Err(NetError::Address),
    }
}

fn message(request: &Request<'_>, host: &str, path: &str) -> Zeroizing<Vec<u8>> {
    let headers: usize = request.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    // Room for all of it at once: a growing buffer would leave copies of credentials behind.
    let mut message = Zeroizing::new(Vec::with_capacity(200 + host.len() + path.len() + headers + request.body.len()));
    message.extend_from_slice(format!("{} {path} HTTP/1.1\r\nHost: {host}\r\n", request.method).as_bytes());
    for (name, value) in request.headers {
        for part in [name.as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            message.extend_from_slice(part);
        }
    }
    let end = format!("Content-Length: {}\r\nConnection: close\r\n\r\n", request.body.len());
    message.extend_from_slice(end.as_bytes());
    message.extend_from_slice(request.body);
    message
}

async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    message: &[u8],
    address: &str,
    limits: &Limits,
) -> Result<Answer, NetError> {
    let broken = |error: std::io::Error| NetError::of(&error, address, None);
    stream.write_all(message).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    let mut read = Zeroizing::new(Vec::with_capacity(16 * 1024));
    let nonsense = || NetError::Nonsense(address.to_owned());
    loop {
        if let Some(answer) = whole(&read).map_err(|()| nonsense())? {
            return Ok(answer);
        }
        let mut part = Zeroizing::new([0; 4096]);
        let got = timeout(limits.answer, stream.read(part.as_mut_slice())).await;
        let got = match got.map_err(|_| NetError::Slow(address.to_owned()))? {
            // Some servers just hang up instead of ending TLS.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => 0,
            got => got.map_err(broken)?,
        };
        if got == 0 {
            return ended(&read).ok_or_else(|| NetError::Broken(address.to_owned()));
        }
        read.extend_from_slice(&part[..got]);
        if read.len() > LONGEST {
            return Err(nonsense());
        }
    }
}

/// The head of an answer: status, date, where the body begins, and how long it says to be.
struct Head {
    status: u16,
    date: Option<i64>,
    body: usize,
    length: Option<usize>,
    chunked: bool,
}

fn head(read: &[u8]) -> Result<Option<Head>, ()> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&read[..end]).map_err(|_| ())?;
    let mut lines = text.split("\r\n");
    let status = lines.next().filter(|line| line.starts_with("HTTP/1.")).ok_or(())?;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(())?;
    let mut head = Head { status, date: None, body: end + 4, length: None, chunked: false };
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => head.length = Some(value.parse().map_err(|_| ())?),
            "transfer-encoding" => head.chunked = value.eq_ignore_ascii_case("chunked"),
            "date" => head.date = date(value),
            _ => {}
        }
    }
    Ok(Some(head))
}

fn date(value: &str) -> Option<i64> {
    use time::format_description::well_known::Rfc2822;
    // HTTP says GMT where the mail format says +0000.
    let value = value.replace("GMT", "+0000");
    time::OffsetDateTime::parse(&value, &Rfc2822).ok().map(time::OffsetDateTime::unix_timestamp)
}

fn whole(read: &[u8]) -> Result<Option<Answer>, ()> {
    let Some(head) = head(read)? else { return Ok(None) };
    let rest = &read[head.body..];
    let body = match head.length {
        _ if head.chunked => dechunked(rest)?,
        Some(length) => rest.get(..length).map(|body| Zeroizing::new(body.to_vec())),
        None => None,
    };
    Ok(body.map(|body| Answer { status: head.status, date: head.date, body }))
}

/// The answer that ends with the connection, if it may.
fn ended(read: &[u8]) -> Option<Answer> {
    let head = head(read).ok()??;
    let open = head.length.is_none() && !head.chunked;
    let body = Zeroizing::new(read[head.body..].to_vec());
    open.then_some(Answer { status: head.status, date: head.date, body })
}

fn dechunked(mut rest: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, ()> {
    let mut body = Zeroizing::new(Vec::with_capacity(rest.len()));
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
        let size = std::str::from_utf8(&rest[..end]).map_err(|_| ())?;
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16).map_err(|_| ())?;
        if size == 0 {
            return Ok(Some(body));
        }
        let Some(until) = end.checked_add(2).and_then(|at| at.checked_add(size)).filter(|at| at + 2 <= rest.len())
        else {
            return if size > LONGEST { Err(()) } else { Ok(None) };
        };
        body.extend_from_slice(&rest[end + 2..until]);
        rest = &rest[until + 2..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_or_its_chunks_say_so() {
        let read = b"HTTP/1.1 200 OK\r\nDate: Fri, 16 Oct 2020 00:41:17 GMT\r\nContent-Length: 3\r\n\r\nabc";
        let answer = whole(read).unwrap().unwrap();
        assert_eq!((answer.status, answer.date, answer.body.as_slice()), (200, Some(1_602_808_877), &b"abc"[..]));
        assert!(whole(&read[..read.len() - 1]).unwrap().is_none());
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
        assert_eq!(whole(chunked).unwrap().unwrap().body.as_slice(), b"abc");
        assert!(whole(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\nX").is_err());
        assert!(whole(b"SSH-2.0-OpenSSH\r\n\r\n").is_err());
        assert_eq!(ended(b"HTTP/1.0 404 no\r\n\r\nrest").unwrap().status, 404);
    }
}
