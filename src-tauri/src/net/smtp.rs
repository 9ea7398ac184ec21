//! Mail through the site's own relay (RFC 5321): one short message, in plain ASCII, to one address.
//!
//! A relay on this machine may be spoken to in the clear; any other takes TLS from the first byte. What the relay answers
//! beyond its code is dropped: it may quote an address.

use super::{Limits, NetError, Tls, host_and_port};
use crate::clock::Timestamp;
use serde::Deserialize;
use std::time::Duration;
use thiserror::Error;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

const PATIENCE: Duration = Duration::from_secs(20);
const LONGEST_LINE: usize = 512;

/// The relay that the policy names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Relay {
    /// `host:port`; port 465 unless it is this machine.
    pub relay: String,
    /// The address that mail comes from.
    pub from: String,
}

/// Why a message wasn't taken. Names no address of a patient.
#[derive(Debug, Error)]
pub enum MailError {
    /// The relay can't be reached, or hung up.
    #[error("the mail relay can't be reached")]
    Unreachable,
    /// No answer in time.
    #[error("the mail relay doesn't answer")]
    Silent,
    /// It refused, with this code.
    #[error("the mail relay refused at {step}: {code}")]
    Refused {
        /// At which command.
        step: &'static str,
        /// SMTP's reply code.
        code: u16,
    },
    /// An address that could smuggle in a command.
    #[error("an address isn't one")]
    Address,
    /// No TLS.
    #[error("the mail relay isn't trusted: {0}")]
    Untrusted(NetError),
}

impl Relay {
    /// Sends one message; `ca` names whom to trust beside the platform's authorities, as PEM.
    ///
    /// # Errors
    /// When the relay didn't take it; it may be tried again.
    pub async fn send(
        &self,
        to: &str,
        message: (&str, &str),
        at: Timestamp,
        ca: Option<&[u8]>,
    ) -> Result<(), MailError> {
        if ![to, &self.from].into_iter().all(is_address) {
            return Err(MailError::Address);
        }
        let sending = async {
            let (host, port) = host_and_port(&self.relay).map_err(MailError::Untrusted)?;
            let plain =
                super::connect(host, port, Limits::default().connect).await.map_err(|_| MailError::Unreachable)?;
            if plain.peer_addr().is_ok_and(|peer| peer.ip().is_loopback()) {
                return self.converse(plain, to, message, at).await;
            }
            let tls = Tls::new(ca, None).map_err(MailError::Untrusted)?;
            let (secured, _) = tls.connect(&self.relay, &Limits::default()).await.map_err(MailError::Untrusted)?;
            self.converse(secured, to, message, at).await
        };
        tokio::time::timeout(PATIENCE, sending).await.map_err(|_| MailError::Silent)?
    }

    async fn converse(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        to: &str,
        (subject, text): (&str, &str),
        at: Timestamp,
    ) -> Result<(), MailError> {
        let mut stream = BufReader::new(stream);
        expect(&mut stream, "greeting", 220).await?;
        say(&mut stream, "EHLO wardseal.invalid", 250).await?;
        say(&mut stream, &format!("MAIL FROM:<{}>", self.from), 250).await?;
        say(&mut stream, &format!("RCPT TO:<{to}>"), 250).await?;
        say(&mut stream, "DATA", 354).await?;
        say(&mut stream, &self.message(to, subject, text, at), 250).await?;
        // It has the message; how it takes leave changes nothing.
        _ = say(&mut stream, "QUIT", 221).await;
        Ok(())
    }

    fn message(&self, to: &str, subject: &str, text: &str, at: Timestamp) -> String {
        let date = time::OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).ok();
        let date = date.and_then(|at| at.format(&time::format_description::well_known::Rfc2822).ok());
        let lines: Vec<String> =
            text.lines().map(|line| if line.starts_with('.') { format!(".{line}") } else { line.to_owned() }).collect();
        format!(
            "From: <{}>\r\nTo: <{to}>\r\nSubject: {}\r\nDate: {}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nAuto-Submitted: auto-generated\r\n\r\n{}\r\n.",
            self.from,
            one_line(subject),
            date.unwrap_or_default(),
            lines.join("\r\n"),
        )
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    line: &str,
    code: u16,
) -> Result<(), MailError> {
    let step = match line.split([' ', ':']).next() {
        Some("EHLO") => "EHLO",
        Some("MAIL") => "MAIL",
        Some("RCPT") => "RCPT",
        Some("DATA") => "DATA",
        Some("QUIT") => "QUIT",
        _ => "message",
    };
    let sent = stream.write_all(format!("{line}\r\n").as_bytes()).await;
    sent.map_err(|_| MailError::Unreachable)?;
    stream.flush().await.map_err(|_| MailError::Unreachable)?;
    expect(stream, step, code).await
}

/// Reads a reply, which may have several lines.
async fn expect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    step: &'static str,
    expected: u16,
) -> Result<(), MailError> {
    loop {
        let mut line = Vec::new();
        let read = tokio::io::AsyncReadExt::take(&mut *stream, LONGEST_LINE as u64).read_until(b'\n', &mut line).await;
        if read.map_err(|_| MailError::Unreachable)? < 4 {
            return Err(MailError::Unreachable);
        }
        let code = std::str::from_utf8(&line[..3]).ok().and_then(|code| code.parse().ok());
        match (code, line[3]) {
            (Some(code), b'-') if code == expected => {}
            (Some(code), _) if code == expected => return Ok(()),
            (Some(code), _) => return Err(MailError::Refused { step, code }),
            (None, _) => return Err(MailError::Unreachable),
        }
    }
}

/// Nothing that could end a command or begin another.
fn is_address(address: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"<>()[]\\,;:\"".contains(c);
    address.len() <= 254 && address.split('@').count() == 2 && address.chars().all(plain)
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_not_smuggle_in_a_command() {
        assert!(is_address("anna@example.org"));
        for wrong in ["anna", "a@b@c", "anna@example.org\r\nRCPT TO:<x@y>", "a b@c", "<a@b>", ""] {
            assert!(!is_address(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_line_that_is_one_dot_does_not_end_the_message() {
        let relay = Relay { relay: "localhost:25".into(), from: "desk@example.org".into() };
        let message = relay.message("anna@example.org", "A\r\nB", "one\n.\ntwo", Timestamp(0));
        assert!(message.contains("\r\n..\r\n") && message.contains("Subject: A  B\r\n"));
    }
}
