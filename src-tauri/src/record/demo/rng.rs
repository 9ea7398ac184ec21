//! A small generator (SplitMix64) that gives the same numbers on every machine. Never for keys.

pub(super) struct Rng(u64);

impl Rng {
    /// One stream of numbers for each patient, so that a chart doesn't depend on how many come before.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = Self(seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03));
        rng.next();
        rng
    }

    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 ≤ number < `end`; 0 for an empty range.
    pub const fn below(&mut self, end: u32) -> u32 {
        if end == 0 { 0 } else { ((self.next() >> 32) % end as u64) as u32 }
    }

    /// `low` ≤ number ≤ `high`.
    pub const fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1) as u32) as i32
    }

    /// −1 ≤ number ≤ 1, near 0 more often than not.
    pub fn noise(&mut self) -> f64 {
        f64::from(self.between(-1000, 1000) + self.between(-1000, 1000)) / 2000.0
    }

    pub const fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of several; `from` is a table and never empty.
    pub const fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u32) as usize]
    }
}
