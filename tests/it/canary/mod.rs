//! Looks for planted values in everything below a folder, however they may be written down.

pub mod needles;

use needles::{Needles, SHORTEST};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A planted value that got out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub file: PathBuf,
    pub offset: u64,
    pub canary: String,
    pub form: Form,
}

/// How a value was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// Standard or URL alphabet, starting at 0, 1 or 2 bytes after a multiple of three.
    Base64,
    Hex,
    /// Non-ASCII letters as `\uXXXX`.
    Escaped,
    /// In a file's name rather than in its content.
    Name,
}

const PIECE: usize = 1 << 20;

/// Every place below `folder` where a canary is written in any form. A canary needs four bytes or more.
pub fn scan(folder: &Path, canaries: &[&str]) -> Vec<Hit> {
    let needles = needles_for(canaries);
    let mut hits = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = entry.file_name();
            needles.search(name.as_encoded_bytes(), |_, (canary, _)| hits.push(hit(&path, 0, canary, Form::Name)));
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                search_file(&path, &needles, &mut hits);
            }
        }
    }
    hits
}

/// The same over bytes that are no file: a captured output, a panic's text.
pub fn scan_bytes(bytes: &[u8], canaries: &[&str]) -> Vec<(usize, String, Form)> {
    let mut hits = Vec::new();
    needles_for(canaries).search(bytes, |at, (canary, form)| hits.push((at, canary.clone(), *form)));
    hits
}

fn needles_for(canaries: &[&str]) -> Needles<(String, Form)> {
    let mut needles = Needles::new();
    for canary in canaries {
        for (pattern, form) in written_down(canary) {
            needles.add(&pattern, ((*canary).to_owned(), form));
        }
    }
    needles
}

fn search_file(path: &Path, needles: &Needles<(String, Form)>, hits: &mut Vec<Hit>) {
    let mut file = File::open(path).unwrap();
    let (mut kept, mut before) = (Vec::new(), 0);
    loop {
        let fresh = kept.len();
        let read = file.by_ref().take(PIECE as u64).read_to_end(&mut kept).unwrap();
        if read == 0 {
            return;
        }
        needles.search(&kept, |at, (canary, form)| {
            let hit = hit(path, before + at as u64, canary, *form);
            // What lies wholly in the overlap was found in the piece before.
            if at >= fresh || !hits.contains(&hit) {
                hits.push(hit);
            }
        });
        let done = kept.len().saturating_sub(needles.overlap());
        kept.drain(..done);
        before += done as u64;
    }
}

fn hit(file: &Path, offset: u64, canary: &str, form: Form) -> Hit {
    Hit { file: file.to_owned(), offset, canary: canary.to_owned(), form }
}

fn written_down(canary: &str) -> Vec<(Vec<u8>, Form)> {
    let utf16 = || canary.encode_utf16();
    let mut forms = vec![
        (canary.as_bytes().to_vec(), Form::Utf8),
        (utf16().flat_map(u16::to_le_bytes).collect(), Form::Utf16Le),
        (utf16().flat_map(u16::to_be_bytes).collect(), Form::Utf16Be),
        (hex(canary, "0123456789abcdef"), Form::Hex),
    ];
    let upper = hex(canary, "0123456789ABCDEF");
    if upper != forms[3].0 {
        forms.push((upper, Form::Hex));
    }
    if !canary.is_ascii() {
        forms.push((escaped(canary), Form::Escaped));
    }
    let mut base64: Vec<_> = (0..3).flat_map(|skew| base64_at(canary.as_bytes(), skew)).collect();
    base64.sort();
    base64.dedup();
    forms.extend(base64.into_iter().filter(|text| text.len() >= SHORTEST).map(|text| (text, Form::Base64)));
    forms
}

fn hex(canary: &str, digits: &str) -> Vec<u8> {
    let digits = digits.as_bytes();
    canary.bytes().flat_map(|byte| [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]).collect()
}

fn escaped(canary: &str) -> Vec<u8> {
    let one = |letter: char| match letter.is_ascii() {
        true => letter.to_string(),
        false => letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    canary.chars().map(one).collect::<String>().into_bytes()
}

/// The characters that depend on the canary alone when `skew` unknown bytes stand before it, in both alphabets.
fn base64_at(canary: &[u8], skew: usize) -> Vec<Vec<u8>> {
    let mut bits = vec![0; skew];
    bits.extend_from_slice(canary);
    let first = (skew * 8).div_ceil(6);
    let last = bits.len() * 8 / 6;
    let sextet = |at: usize| {
        let pair = u16::from_be_bytes([bits[at * 6 / 8], bits.get(at * 6 / 8 + 1).copied().unwrap_or(0)]);
        usize::from(pair >> (10 - at * 6 % 8) & 63)
    };
    let text = |alphabet: &[u8; 64]| (first..last).map(|at| alphabet[sextet(at)]).collect();
    vec![
        text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
        text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
    ]
}

#[test]
fn a_planted_name_is_found_in_every_form_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("logs/today");
    std::fs::create_dir_all(&deep).unwrap();
    // Each was written down by another program (Python's codecs and base64), as the known answers.
    let known: [(&str, &[u8], Form); 9] = [
        ("utf8", "…Mr. Quillfeather.".as_bytes(), Form::Utf8),
        ("utf16le", b"\xff\xfeQ\0u\0i\0l\0l\0f\0e\0a\0t\0h\0e\0r\0", Form::Utf16Le),
        ("utf16be", b"\xfe\xff\0Q\0u\0i\0l\0l\0f\0e\0a\0t\0h\0e\0r", Form::Utf16Be),
        ("base64-0", b"UXVpbGxmZWF0aGVy", Form::Base64),
        ("base64-1", b"eFF1aWxsZmVhdGhlcno=", Form::Base64),
        ("base64-2", b"eHhRdWlsbGZlYXRoZXJ6eg==", Form::Base64),
        ("hex", b"7175696c6c5175696c6c66656174686572", Form::Hex),
        ("HEX", b"5175696C6C66656174686572", Form::Hex),
        ("clean", b"Quill feather, quillfeather, UXVpbGw=", Form::Utf8),
    ];
    for (name, content, _) in known {
        std::fs::write(deep.join(name), content).unwrap();
    }
    let hits = scan(folder.path(), &["Quillfeather"]);
    for (name, _, form) in &known[..8] {
        let here: Vec<_> = hits.iter().filter(|hit| hit.file.ends_with(name)).collect();
        assert_eq!(here.iter().map(|hit| hit.form).collect::<Vec<_>>(), [*form], "{name}");
    }
    assert_eq!(hits.len(), 8);
}

#[test]
fn an_accented_name_is_found_where_json_escaped_it() {
    assert_eq!(scan_bytes(br#"{"name":"Jos\u00e9 M"}"#, &["José"]), [(9, "José".to_owned(), Form::Escaped)]);
}

#[test]
fn a_value_across_two_pieces_of_a_big_file_is_found_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big");
    for start in [PIECE - 20, PIECE - 5, PIECE - 1, PIECE, 2 * PIECE - 3] {
        let mut content = vec![b'.'; 2 * PIECE + 100];
        content[start..start + 11].copy_from_slice(b"078-05-1120");
        std::fs::write(&path, content).unwrap();
        let hits = scan(folder.path(), &["078-05-1120"]);
        assert_eq!(hits.iter().map(|hit| hit.offset).collect::<Vec<_>>(), [start as u64]);
    }
}

#[test]
fn a_file_named_after_a_patient_is_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Quillfeather.pdf"), "").unwrap();
    assert_eq!(scan(folder.path(), &["Quillfeather"])[0].form, Form::Name);
}
