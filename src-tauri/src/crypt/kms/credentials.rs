//! Who this machine is to a service: from the keychain, else from the platform's own mechanisms. Never from a command
//! line, never logged, wiped when dropped.

use super::error::KmsFault;
use super::surroundings::Surroundings;
use crate::keys::{Keychain, MasterKey};
use crate::net::{Answer, Limits, Request, Tls, send};
use crate::record::Compartment;
use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

/// A secret text.
pub(super) type Text = Zeroizing<String>;

/// What libmongocrypt is told about a provider: its fields. Texts, but for a private key.
pub(super) enum Field {
    Text(&'static str, Text),
    Bytes(&'static str, Zeroizing<Vec<u8>>),
}

/// Where credentials are looked for.
pub(super) struct Sources<'a> {
    pub surroundings: &'a Surroundings,
    pub keychain: &'a dyn Keychain,
    pub tls: &'a Tls,
    pub limits: &'a Limits,
}

/// The keychain's entry for a compartment's service.
#[must_use]
pub fn entry_name(compartment: Compartment) -> String {
    format!("kms:{}", compartment.code())
}

/// Whether something could be credentials: a client certificate with its key, or a document of a service.
#[must_use]
pub fn accepts(bytes: &[u8]) -> bool {
    let identity = crate::net::certificates(bytes, "").is_ok() && crate::net::private_key(bytes, "").is_ok();
    let known = ["aws_access_key_id", "tenant_id", "client_email", "refresh_token"];
    identity || Secrets::parse(bytes).is_ok_and(|found| known.iter().any(|name| found.get(name).is_some()))
}

impl Sources<'_> {
    /// The credentials for a compartment's master key.
    pub async fn find(&self, compartment: Compartment, master: &MasterKey) -> Result<Vec<Field>, KmsFault> {
        let stored = match master {
            // Its entry is a client certificate and belongs to TLS.
            MasterKey::Kmip { endpoint, .. } => return Ok(vec![Field::Text("endpoint", text(endpoint))]),
            _ => self.keychain.get(&entry_name(compartment))?.map(|entry| Secrets::parse(&entry)).transpose()?,
        };
        match master {
            MasterKey::Azure { .. } => super::azure::credentials(self, stored.as_ref()).await,
            MasterKey::Gcp { .. } => super::gcp::credentials(self, stored.as_ref()).await,
            _ => super::aws::credentials(self, stored.as_ref()).await,
        }
    }

    /// Sends a request to a service that hands out credentials; one that isn't there hands out none.
    pub async fn ask(&self, request: &Request<'_>) -> Result<Option<Answer>, KmsFault> {
        // A metadata service is one hop away or not at all: it isn't waited for long.
        let near = request.url.starts_with("http://");
        let limits = if near { Limits { connect: self.limits.connect / 4, ..*self.limits } } else { *self.limits };
        match send(request, Some(self.tls), &limits).await {
            Ok(answer) => Ok(Some(answer)),
            Err(_) if near => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A document with secrets in it, wiped when dropped.
pub(super) struct Secrets(Value);

impl Secrets {
    pub fn parse(bytes: &[u8]) -> Result<Self, KmsFault> {
        let parsed = serde_json::from_slice(bytes);
        parsed.map(Self).map_err(|_| KmsFault::NoCredentials("what is there isn't of the form it should have"))
    }

    /// A text, by the name it has there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// As [`Secrets::get`]; its absence is told.
    pub fn need(&self, name: &'static str) -> Result<Text, KmsFault> {
        self.get(name).map(text).ok_or(KmsFault::NoCredentials("what is there lacks a part"))
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.iter_mut().for_each(|(_, field)| wipe(field)),
        _ => {}
    }
}

pub(super) fn text(from: &str) -> Text {
    Zeroizing::new(from.to_owned())
}

/// The `access_token` of an answer of an authorization server.
pub(super) fn access_token(answer: &Answer) -> Result<Text, KmsFault> {
    match answer.status {
        200 => Secrets::parse(&answer.body)?.need("access_token"),
        429 | 500..=599 => Err(KmsFault::Unavailable(answer.status)),
        _ => Err(KmsFault::Denied),
    }
}

/// `a=b&c=d` with everything but letters and digits escaped.
pub(super) fn form(fields: &[(&str, &str)]) -> Zeroizing<Vec<u8>> {
    let room = fields.iter().map(|(name, value)| name.len() + 3 * value.len() + 2).sum();
    let mut form = Zeroizing::new(Vec::with_capacity(room));
    for (at, (name, value)) in fields.iter().enumerate() {
        form.extend_from_slice(if at == 0 { b"" } else { b"&" });
        form.extend_from_slice(name.as_bytes());
        form.push(b'=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => form.push(byte),
                _ => form.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            }
        }
    }
    form
}

/// The bytes of a base64 text, as PEM has them.
pub(super) fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut out = Zeroizing::new(Vec::with_capacity(text.len()));
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        held = (held << 6 | u32::from(digit(byte)?)) & 0xFF_FFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xFF).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_base64_are_as_the_standards_say() {
        assert_eq!(form(&[("a", "b c"), ("d", "é/")]).as_slice(), b"a=b%20c&d=%C3%A9%2F");
        assert_eq!(base64("aGVsbG8gd2FyZA==").unwrap().as_slice(), b"hello ward");
        assert_eq!(base64("aGVs\nbG8=").unwrap().as_slice(), b"hello");
        assert!(base64("a*b").is_none());
    }
}
