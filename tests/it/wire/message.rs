//! Messages of the wire protocol: `OP_MSG` with document sequences and checksums, and the one `OP_QUERY` that drivers
//! may greet with.

use bson::raw::{CString, cstr};
use bson::{RawArrayBuf, RawDocument, RawDocumentBuf};
use std::io::{Error, ErrorKind, Result};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

const REPLY: i32 = 1;
const QUERY: i32 = 2004;
const MSG: i32 = 2013;
const HEADER: usize = 16;
/// The longest message.
pub const LONGEST: i32 = 48_000_000;

const CHECKSUM_PRESENT: u32 = 1;
const MORE_TO_COME: u32 = 1 << 1;
const EXHAUST_ALLOWED: u32 = 1 << 16;

/// What a client sent.
pub struct Request {
    pub id: i32,
    pub command: RawDocumentBuf,
    /// The client waits for no reply.
    pub unacknowledged: bool,
    /// The client takes several replies to this one request.
    pub exhaust: bool,
    checksum: bool,
    legacy: bool,
}

/// The next message; `None` when the client has gone.
pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<Request>> {
    let mut header = [0; HEADER];
    match stream.read_exact(&mut header).await {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [length, id, _, code] = [0, 4, 8, 12].map(|at| number(&header, at));
    if !(HEADER as i32..=LONGEST).contains(&length) {
        return Err(garbled("length"));
    }
    let mut body = vec![0; length as usize - HEADER];
    stream.read_exact(&mut body).await?;
    match code {
        MSG => message(id, &header, &body).map(Some),
        QUERY => query(id, &body).map(Some),
        _ => Err(garbled("operation")),
    }
}

fn message(id: i32, header: &[u8], body: &[u8]) -> Result<Request> {
    let flags = number(body.get(..4).ok_or_else(|| garbled("flags"))?, 0) as u32;
    if flags & 0xffff & !(CHECKSUM_PRESENT | MORE_TO_COME) != 0 {
        return Err(garbled("flags"));
    }
    let checksum = flags & CHECKSUM_PRESENT != 0;
    let sections = if checksum { checked(header, body)? } else { body };
    Ok(Request {
        id,
        command: joined(&sections[4..])?,
        unacknowledged: flags & MORE_TO_COME != 0,
        exhaust: flags & EXHAUST_ALLOWED != 0,
        checksum,
        legacy: false,
    })
}

/// What the checksum at the end covers.
fn checked<'b>(header: &[u8], body: &'b [u8]) -> Result<&'b [u8]> {
    let end = body.len().checked_sub(4).filter(|end| *end >= 4).ok_or_else(|| garbled("checksum"))?;
    let told = number(body, end) as u32;
    let sum = crc32c(crc32c(0, header), &body[..end]);
    if told == sum { Ok(&body[..end]) } else { Err(garbled("checksum")) }
}

/// One command of the body and the sequences beside it, each as the array it stands for.
fn joined(mut sections: &[u8]) -> Result<RawDocumentBuf> {
    let (mut command, mut arrays) = (None, Vec::new());
    while let Some((kind, rest)) = sections.split_first() {
        let size = usize::try_from(rest.get(..4).map_or(-1, |size| number(size, 0))).map_err(|_| garbled("section"))?;
        let section = rest.get(..size).ok_or_else(|| garbled("section"))?;
        match kind {
            0 if command.is_none() => command = Some(RawDocument::from_bytes(section).map_err(|_| garbled("body"))?),
            1 => arrays.push(sequence(&section[4..])?),
            _ => return Err(garbled("section")),
        }
        sections = &rest[size..];
    }
    let mut command = command.ok_or_else(|| garbled("body"))?.to_owned();
    for (name, documents) in arrays {
        command.append(name, documents);
    }
    Ok(command)
}

fn sequence(section: &[u8]) -> Result<(CString, RawArrayBuf)> {
    let end = section.iter().position(|byte| *byte == 0).ok_or_else(|| garbled("sequence"))?;
    let name = std::str::from_utf8(&section[..end]).map_err(|_| garbled("sequence"))?;
    let (mut documents, mut rest) = (RawArrayBuf::new(), &section[end + 1..]);
    while !rest.is_empty() {
        let size =
            usize::try_from(rest.get(..4).map_or(-1, |size| number(size, 0))).map_err(|_| garbled("document"))?;
        let one = rest.get(..size).ok_or_else(|| garbled("document"))?;
        documents.push(RawDocument::from_bytes(one).map_err(|_| garbled("document"))?.to_owned());
        rest = &rest[size..];
    }
    Ok((CString::try_from(name).map_err(|_| garbled("sequence"))?, documents))
}

/// The old form, which only greets: `flags, "admin.$cmd", skip, count, document`.
fn query(id: i32, body: &[u8]) -> Result<Request> {
    let name =
        body.get(4..).and_then(|rest| rest.iter().position(|byte| *byte == 0)).ok_or_else(|| garbled("query"))?;
    let document = body.get(4 + name + 1 + 8..).ok_or_else(|| garbled("query"))?;
    let mut command = RawDocument::from_bytes(document).map_err(|_| garbled("query"))?.to_owned();
    let greets = matches!(command.iter().next(), Some(Ok((name, _))) if matches!(name.as_str(), "hello" | "isMaster" | "ismaster"));
    if !greets {
        return Err(garbled("query"));
    }
    if command.get("$db").is_ok_and(|db| db.is_none()) {
        command.append(cstr!("$db"), "admin");
    }
    Ok(Request { id, command, unacknowledged: false, exhaust: false, checksum: false, legacy: true })
}

/// A reply as bytes; `more` of them may follow it.
pub fn reply(request: &Request, id: i32, to: i32, document: &RawDocument, more: bool) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    if request.legacy {
        // No flags, no cursor, from the start, one document.
        for part in [8, 0, 0, 0, 1] {
            bytes.extend_from_slice(&i32::to_le_bytes(part));
        }
        bytes.extend_from_slice(document.as_bytes());
    } else {
        let flags = if more { MORE_TO_COME } else { 0 } | if request.checksum { CHECKSUM_PRESENT } else { 0 };
        bytes.extend_from_slice(&flags.to_le_bytes());
        bytes.push(0);
        bytes.extend_from_slice(document.as_bytes());
    }
    let length = bytes.len() + if request.checksum { 4 } else { 0 };
    let code = if request.legacy { REPLY } else { MSG };
    for (at, part) in [length as i32, id, to, code].into_iter().enumerate() {
        bytes[at * 4..][..4].copy_from_slice(&part.to_le_bytes());
    }
    if request.checksum {
        let sum = crc32c(0, &bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
    }
    bytes
}

/// Writes all of it.
pub async fn write(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

fn number(bytes: &[u8], at: usize) -> i32 {
    i32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn garbled(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("a message has a wrong {what}"))
}

/// CRC-32C (Castagnoli) continued over more bytes.
pub fn crc32c(before: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(before ^ u32::MAX, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0x82f6_3b78 & (crc & 1).wrapping_neg());
        }
        crc
    }) ^ u32::MAX
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    fn framed(flags: u32, sections: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes.extend_from_slice(&flags.to_le_bytes());
        bytes.extend_from_slice(sections);
        let length = bytes.len() + if flags & 1 == 1 { 4 } else { 0 };
        bytes[..4].copy_from_slice(&(length as i32).to_le_bytes());
        bytes[12..16].copy_from_slice(&MSG.to_le_bytes());
        if flags & 1 == 1 {
            let sum = crc32c(0, &bytes);
            bytes.extend_from_slice(&sum.to_le_bytes());
        }
        bytes
    }

    fn two_sections() -> Vec<u8> {
        let mut sequence = b"documents\0".to_vec();
        sequence.extend_from_slice(rawdoc! {"_id": 1}.as_bytes());
        sequence.extend_from_slice(rawdoc! {"_id": 2}.as_bytes());
        let mut sections = vec![1];
        sections.extend_from_slice(&(sequence.len() as i32 + 4).to_le_bytes());
        sections.extend_from_slice(&sequence);
        sections.push(0);
        sections.extend_from_slice(rawdoc! {"insert": "c", "$db": "d"}.as_bytes());
        sections
    }

    #[test]
    fn the_checksum_is_the_one_of_the_published_example() {
        assert_eq!(crc32c(0, b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(crc32c(0, b"1234"), b"56789"), 0xe306_9283);
    }

    #[tokio::test]
    async fn a_sequence_of_documents_becomes_the_array_it_stands_for() {
        let request = read(&mut &framed(0, &two_sections())[..]).await.unwrap().unwrap();
        assert_eq!(request.command, rawdoc! {"insert": "c", "$db": "d", "documents": [{"_id": 1}, {"_id": 2}]});
    }

    #[tokio::test]
    async fn a_message_with_a_checksum_is_checked_and_answered_with_one() {
        let mut bytes = framed(CHECKSUM_PRESENT, &two_sections());
        let request = read(&mut &bytes[..]).await.unwrap().unwrap();
        let answer = reply(&request, 2, 1, &rawdoc! {"ok": 1.0}, false);
        let sum = crc32c(0, &answer[..answer.len() - 4]);
        assert_eq!(answer[answer.len() - 4..], sum.to_le_bytes());
        bytes[30] ^= 1;
        assert!(read(&mut &bytes[..]).await.is_err());
    }

    #[tokio::test]
    async fn what_is_cut_off_or_garbled_is_refused() {
        let whole = framed(0, &two_sections());
        for end in 1..whole.len() {
            let cut = read(&mut &whole[..end]).await;
            assert!(if end < HEADER { cut.unwrap().is_none() } else { cut.is_err() });
        }
        for flags in [1 << 2, 1 << 9] {
            assert!(read(&mut &framed(flags, &two_sections())[..]).await.is_err());
        }
    }
}
