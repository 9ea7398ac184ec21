//! Reads a PDF back, by what the format says and not by what wrote it.

use std::collections::BTreeMap;
use std::path::Path;

/// A PDF, read back by what the format says and not by what wrote it.
pub struct Pdf {
    pub pages: Vec<String>,
}

impl Pdf {
    pub fn read(file: &Path) -> Self {
        let bytes = std::fs::read(file).unwrap();
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let objects: BTreeMap<&str, &str> = text
            .split("endobj")
            .filter_map(|object| object.rsplit_once(" 0 obj").map(|(id, body)| (id.rsplit('\n').next().unwrap(), body)))
            .collect();
        let referred = |body: &str, key: &str| -> String {
            body.split(key).nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
        };
        let pages = objects.values().filter(|body| body.contains("/Type /Page\n"));
        let mut read: Vec<(u32, String)> = pages
            .map(|page| {
                let fonts: BTreeMap<&str, BTreeMap<u16, char>> = ["/F0", "/F1"]
                    .into_iter()
                    .map(|name| {
                        let font = objects[referred(page, name).as_str()];
                        (&name[1..], letters(objects[referred(font, "/ToUnicode").as_str()]))
                    })
                    .collect();
                let content = referred(page, "/Contents");
                (content.parse().unwrap(), words(objects[content.as_str()], &fonts))
            })
            .collect();
        read.sort_unstable();
        Self { pages: read.into_iter().map(|(_, words)| words).collect() }
    }

    pub fn text(&self) -> String {
        self.pages.join("\n")
    }
}

/// The letters of a font's numbers: lines such as `<0001> <0041>`.
fn letters(cmap: &str) -> BTreeMap<u16, char> {
    let pair = |line: &str| {
        let (id, letter) = line.trim().strip_prefix('<')?.strip_suffix('>')?.split_once("> <")?;
        Some((u16::from_str_radix(id, 16).ok()?, char::from_u32(u32::from_str_radix(letter, 16).ok()?)?))
    };
    cmap.lines().filter_map(pair).collect()
}

fn words(content: &str, fonts: &BTreeMap<&str, BTreeMap<u16, char>>) -> String {
    let (mut lines, mut font) = (Vec::new(), &fonts["F0"]);
    for line in content.lines() {
        if let Some(name) = line.strip_prefix('/').filter(|line| line.ends_with(" Tf")) {
            font = &fonts[name.split(' ').next().unwrap()];
        } else if let Some(shown) = line.strip_suffix(" Tj") {
            let bytes = string(shown);
            let letter = |pair: &[u8]| font[&u16::from_be_bytes([pair[0], pair[1]])];
            lines.push(bytes.chunks(2).map(letter).collect::<String>());
        }
    }
    lines.join("\n")
}

/// A string of the format: `(…)` with escapes, or `<…>` in hexadecimal.
fn string(written: &str) -> Vec<u8> {
    if let Some(hex) = written.strip_prefix('<') {
        let digits: Vec<u8> =
            hex.trim_end_matches('>').bytes().map(|digit| char::from(digit).to_digit(16).unwrap() as u8).collect();
        return digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    }
    let mut bytes = Vec::new();
    let mut rest = written[1..written.len() - 1].bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next().unwrap() {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            digit @ b'0'..=b'7' => {
                let more: Vec<u8> = (0..2).filter_map(|_| rest.next_if(|byte| (b'0'..=b'7').contains(byte))).collect();
                more.iter().fold(digit - b'0', |sum, digit| sum.wrapping_mul(8) + (digit - b'0'))
            }
            other => other,
        });
    }
    bytes
}
