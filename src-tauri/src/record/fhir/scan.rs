//! The outline of a JSON text as a stream: one member or element at a time, copied out and bounded.
//!
//! Finds only where a value ends; whether it is JSON is for the parser that gets the copy.

use super::error::Defect;
use std::io::{self, BufRead, BufReader, Read};

/// Bytes that one entry may have.
pub(super) const LIMIT: usize = 32 << 20;
/// How deep a value may nest.
pub(super) const DEPTH: usize = 64;

/// A reader that stands between two tokens of a JSON text.
pub(super) struct Scan<R> {
    bytes: BufReader<R>,
    read: u64,
    left: usize,
}

impl<R: Read> Scan<R> {
    pub fn new(reader: R) -> Self {
        Self { bytes: BufReader::with_capacity(64 << 10, reader), read: 0, left: LIMIT }
    }

    /// Bytes read so far.
    pub const fn read(&self) -> u64 {
        self.read
    }

    /// A new entry begins: it may be as large as the limit.
    pub const fn allow_next(&mut self) {
        self.left = LIMIT;
    }

    /// Drops a byte order mark at the start of a file.
    pub fn skip_mark(&mut self) -> Result<(), Defect> {
        let marked = self.fill()?.starts_with(b"\xEF\xBB\xBF");
        self.consume(if marked { 3 } else { 0 });
        Ok(())
    }

    /// The next byte that isn't white space, not yet consumed; `None` at the end.
    pub fn peek(&mut self) -> Result<Option<u8>, Defect> {
        loop {
            let chunk = self.fill()?;
            let found = chunk.iter().position(|byte| !is_space(*byte));
            let (next, passed) = (found.map(|at| chunk[at]), found.unwrap_or(chunk.len()));
            let at_end = chunk.is_empty();
            self.consume(passed);
            if next.is_some() || at_end {
                return Ok(next);
            }
        }
    }

    /// Consumes exactly this byte.
    pub fn take(&mut self, wanted: u8) -> Result<(), Defect> {
        if self.peek()? != Some(wanted) {
            return Err(Defect::NotJson);
        }
        self.consume(1);
        Ok(())
    }

    /// Steps to the next member or element; false after the last one, whose `end` is then consumed.
    pub fn step(&mut self, first: &mut bool, end: u8) -> Result<bool, Defect> {
        let was_first = std::mem::take(first);
        match self.peek()? {
            Some(byte) if byte == end => {
                self.consume(1);
                return Ok(false);
            }
            Some(b',') if !was_first => self.consume(1),
            Some(_) if was_first => return Ok(true),
            Some(_) | None => return Err(Defect::NotJson),
        }
        // A comma promises another one.
        if self.peek()? == Some(end) { Err(Defect::NotJson) } else { Ok(true) }
    }

    /// The name of a member, and its colon.
    pub fn name(&mut self) -> Result<String, Defect> {
        let name = self.string()?.ok_or(Defect::NotJson)?;
        self.take(b':')?;
        Ok(name)
    }

    /// A string; `None` when the next value is of another type.
    pub fn string(&mut self) -> Result<Option<String>, Defect> {
        if self.peek()? != Some(b'"') {
            return Ok(None);
        }
        let text = self.value()?;
        serde_json::from_str(&text).map(Some).map_err(|_| Defect::NotJson)
    }

    /// The text of the next value, without insignificant white space.
    pub fn value(&mut self) -> Result<String, Defect> {
        self.peek()?.ok_or(Defect::NotJson)?;
        let mut copy = Copy::default();
        loop {
            let chunk = self.bytes.fill_buf().map_err(io_defect)?;
            if chunk.is_empty() && !copy.may_end_here() {
                return Err(Defect::NotJson);
            }
            let (passed, ended) = copy.extend(chunk)?;
            let at_end = chunk.is_empty();
            self.consume(passed);
            self.left = self.left.checked_sub(passed).ok_or(Defect::TooLarge)?;
            if ended || at_end {
                return String::from_utf8(copy.text).map_err(|_| Defect::NotJson);
            }
        }
    }

    fn fill(&mut self) -> Result<&[u8], Defect> {
        self.bytes.fill_buf().map_err(io_defect)
    }

    fn consume(&mut self, bytes: usize) {
        self.bytes.consume(bytes);
        self.read += bytes as u64;
    }
}

/// A value on its way out.
#[derive(Default)]
struct Copy {
    text: Vec<u8>,
    depth: usize,
    in_string: bool,
    escaped: bool,
    gap: bool,
}

impl Copy {
    /// Takes bytes up to the end of the value; how many, and whether that was the end.
    fn extend(&mut self, chunk: &[u8]) -> Result<(usize, bool), Defect> {
        for (at, &byte) in chunk.iter().enumerate() {
            if self.in_string {
                self.text.push(byte);
                self.within_string(byte);
                if !self.in_string && self.depth == 0 {
                    return Ok((at + 1, true));
                }
            } else if self.may_end_here() && (is_space(byte) || matches!(byte, b',' | b'}' | b']' | b':')) {
                return Ok((at, true));
            } else if self.outside_string(byte)? {
                return Ok((at + 1, true));
            }
        }
        Ok((chunk.len(), false))
    }

    /// A number or word at the top ends where something else begins.
    const fn may_end_here(&self) -> bool {
        self.depth == 0 && !self.in_string && !self.text.is_empty()
    }

    const fn within_string(&mut self, byte: u8) {
        self.in_string = self.escaped || byte != b'"';
        self.escaped = !self.escaped && byte == b'\\';
    }

    /// True when this byte ends the value.
    fn outside_string(&mut self, byte: u8) -> Result<bool, Defect> {
        if is_space(byte) {
            self.gap = true;
            return Ok(false);
        }
        // `1 2` must not become `12`.
        if std::mem::take(&mut self.gap) && is_word(byte) && self.text.last().is_some_and(|last| is_word(*last)) {
            return Err(Defect::NotJson);
        }
        self.text.push(byte);
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.checked_sub(1).ok_or(Defect::NotJson)?,
            _ => {}
        }
        if self.depth > DEPTH { Err(Defect::TooDeep) } else { Ok(matches!(byte, b'}' | b']') && self.depth == 0) }
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

fn io_defect(error: io::Error) -> Defect {
    Defect::Io(error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One byte a read, so that every boundary is crossed.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn values_end_where_json_says_however_they_arrive() {
        for value in [r#""a\"b\\""#, "-1.5e3", "true", r#"{"a":[1,{"]":"}"}],"b":null}"#, "[]", r#""ü""#] {
            for rest in [",", " }", "\n]", ""] {
                let text = format!(" {value}{rest}");
                assert_eq!(Scan::new(Slow(text.as_bytes())).value().unwrap(), value, "{text}");
                assert_eq!(Scan::new(text.as_bytes()).value().unwrap(), value, "{text}");
            }
        }
    }

    #[test]
    fn white_space_is_dropped_but_never_joins_what_it_separates() {
        assert_eq!(Scan::new(&b"{ \"a b\" : [ 1 , 2 ] }"[..]).value().unwrap(), r#"{"a b":[1,2]}"#);
        assert_eq!(Scan::new(&b"[1 2]"[..]).value(), Err(Defect::NotJson));
    }

    #[test]
    fn a_value_that_breaks_off_is_an_error() {
        for text in ["", "{", "[1,", r#""abc"#, r#"{"a":"b\"#] {
            assert_eq!(Scan::new(text.as_bytes()).value(), Err(Defect::NotJson), "{text}");
        }
    }
}
