//! Reads another process's memory, as an attacker with the machine would, and looks for secrets in it.

use crate::canary::needles::Needles;
use std::fmt;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// One needle is this long: a copy that lost its start or its end is still found.
pub const WINDOW: usize = 16;

const PIECE: usize = 1 << 20;

/// A value whose copies are looked for.
pub struct Wanted {
    pub label: String,
    pub bytes: Vec<u8>,
}

/// A piece of a value, found in memory.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    pub label: String,
    /// Which window of the value it is: its first byte's place.
    pub window: usize,
    pub address: usize,
    /// The mapping: `[heap]`, `[stack]`, a library's data, or nothing for anonymous memory.
    pub mapping: String,
}

impl fmt::Debug for Found {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { label, window, address, mapping } = self;
        write!(out, "{label}[{window}..] at {address:#x} in {mapping:?}")
    }
}

/// Every 16-byte window of every wanted value in everything that the process may write: heap, stacks, data.
pub fn search(pid: u32, wanted: &[Wanted]) -> Vec<Found> {
    let needles = windows_of(wanted);
    let memory = File::open(format!("/proc/{pid}/mem")).expect("a process of ours");
    let mut found = Vec::new();
    let mut searched = 0;
    for map in writable(pid) {
        searched += search_mapping(&memory, &map, &needles, &mut found);
    }
    assert!(searched > 1 << 20, "only {searched} bytes could be read: this is no dump");
    found
}

fn windows_of(wanted: &[Wanted]) -> Needles<(&str, usize)> {
    let mut needles = Needles::new();
    for value in wanted {
        let size = value.bytes.len().min(WINDOW);
        for (at, window) in value.bytes.windows(size).enumerate() {
            needles.add(window, (value.label.as_str(), at));
        }
    }
    needles
}

struct Mapping {
    from: usize,
    to: usize,
    name: String,
}

fn writable(pid: u32) -> Vec<Mapping> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    maps.lines().filter_map(mapping).collect()
}

fn mapping(line: &str) -> Option<Mapping> {
    let mut fields = line.split_whitespace();
    let (from, to) = fields.next()?.split_once('-')?;
    let address = |text| usize::from_str_radix(text, 16).ok();
    let writable = fields.next()?.starts_with("rw");
    let name = fields.nth(3).unwrap_or_default().to_owned();
    writable.then_some(Mapping { from: address(from)?, to: address(to)?, name })
}

fn search_mapping(memory: &File, map: &Mapping, needles: &Needles<(&str, usize)>, found: &mut Vec<Found>) -> usize {
    let mut buffer = vec![0; PIECE + needles.overlap()];
    let mut searched = 0;
    for from in (map.from..map.to).step_by(PIECE) {
        let size = buffer.len().min(map.to - from);
        let Ok(read) = memory.read_at(&mut buffer[..size], from as u64) else { continue };
        searched += read;
        if buffer[..read].iter().all(|byte| *byte == 0) {
            continue;
        }
        needles.search(&buffer[..read], |at, (label, window)| {
            // The overlap belongs to the next piece.
            if at < PIECE {
                let (label, mapping) = ((*label).to_owned(), map.name.clone());
                found.push(Found { label, window: *window, address: from + at, mapping });
            }
        });
    }
    searched
}
