//! Many byte patterns looked for at once, in files and in other processes' memory.

use std::collections::HashMap;

/// The shortest pattern. Anything shorter is found everywhere.
pub const SHORTEST: usize = 4;

/// Patterns, each with a label `T`.
pub struct Needles<T> {
    patterns: Vec<(Vec<u8>, T)>,
    by_start: HashMap<[u8; SHORTEST], Vec<usize>>,
    // One bit for each possible start of three bytes: almost every position is dismissed by it.
    starts: Vec<bool>,
    longest: usize,
}

impl<T> Needles<T> {
    pub fn new() -> Self {
        Self { patterns: Vec::new(), by_start: HashMap::new(), starts: vec![false; 1 << 24], longest: 0 }
    }

    pub fn add(&mut self, pattern: &[u8], label: T) {
        let start = pattern.first_chunk().expect("a canary of 4 bytes or more");
        self.by_start.entry(*start).or_default().push(self.patterns.len());
        self.starts[place(start)] = true;
        self.longest = self.longest.max(pattern.len());
        self.patterns.push((pattern.to_vec(), label));
    }

    /// Calls `found` with the place and the label of each pattern in `hay`, in order.
    pub fn search<'a>(&'a self, hay: &[u8], mut found: impl FnMut(usize, &'a T)) {
        for (at, start) in hay.windows(SHORTEST).enumerate() {
            if !self.starts[place(start)] {
                continue;
            }
            for index in self.by_start.get(start).into_iter().flatten() {
                let (pattern, label) = &self.patterns[*index];
                if hay[at..].starts_with(pattern) {
                    found(at, label);
                }
            }
        }
    }

    /// How much two neighbouring pieces must overlap so that no pattern is cut in two.
    pub fn overlap(&self) -> usize {
        self.longest.saturating_sub(1)
    }
}

fn place(start: &[u8]) -> usize {
    usize::from(start[0]) << 16 | usize::from(start[1]) << 8 | usize::from(start[2])
}

#[test]
fn all_patterns_are_found_even_where_they_overlap() {
    let mut needles = Needles::new();
    needles.add(b"wards", 1);
    needles.add(b"ardse", 2);
    needles.add(b"seal", 3);
    let mut found = Vec::new();
    needles.search(b"a wardseal in a ward", |at, label| found.push((at, *label)));
    assert_eq!(found, [(2, 1), (3, 2), (6, 3)]);
}
