//! A reader that counts, and stops when one part of a file grows beyond the limit.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that one entry may have.
pub(super) const LIMIT: u64 = 32 << 20;

/// How much has been read, and up to where reading may go on.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<Counts>);

#[derive(Default)]
struct Counts {
    read: AtomicU64,
    until: AtomicU64,
}

impl Meter {
    /// Bytes read so far.
    pub fn read(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }

    /// A new entry begins: it may be as large as the limit.
    pub fn allow_next(&self) {
        self.0.until.store(self.read() + LIMIT, Ordering::Relaxed);
    }

    fn count(&self, bytes: usize) -> io::Result<usize> {
        let read = self.0.read.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        if read > self.0.until.load(Ordering::Relaxed) { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }
}

/// Counts what passes through it, and drops a byte order mark.
pub(super) struct Metered<R> {
    inner: R,
    meter: Meter,
    started: bool,
    held: Vec<u8>,
}

impl<R: Read> Metered<R> {
    pub const fn new(inner: R, meter: Meter) -> Self {
        Self { inner, meter, started: false, held: Vec::new() }
    }

    fn start(&mut self) -> io::Result<()> {
        self.started = true;
        self.inner.by_ref().take(3).read_to_end(&mut self.held)?;
        if self.held == b"\xEF\xBB\xBF" {
            self.held.clear();
        }
        Ok(())
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.started {
            self.start()?;
        }
        let bytes = if self.held.is_empty() { self.inner.read(buffer)? } else { self.held.as_slice().read(buffer)? };
        self.held.drain(..bytes.min(self.held.len()));
        self.meter.count(bytes)
    }
}
