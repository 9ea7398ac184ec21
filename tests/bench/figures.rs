//! Medians, ratios, the process's peak of memory, and how they are printed.

use std::time::Duration;
use wardseal::clock::{Clock, SystemClock};

/// Everything measured in this run.
pub struct Figures {
    clock: SystemClock,
    lines: Vec<(&'static str, f64, &'static str)>,
}

impl Figures {
    /// None yet.
    pub fn start() -> Self {
        Self { clock: SystemClock::start(), lines: Vec::new() }
    }

    /// How long some work takes.
    pub async fn time<T>(&self, work: impl Future<Output = T>) -> (T, Duration) {
        let start = self.clock.moment();
        let done = work.await;
        (done, self.clock.moment().since(start))
    }

    /// The median of several rounds, after one that isn't counted.
    pub async fn median(&self, rounds: usize, mut work: impl AsyncFnMut()) -> Duration {
        work().await;
        let mut times = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            times.push(self.time(work()).await.1);
        }
        middle(&mut times)
    }

    /// The time that 95 of 100 rounds stay under, after one that isn't counted.
    pub async fn p95(&self, rounds: usize, mut work: impl AsyncFnMut()) -> Duration {
        work().await;
        let mut times = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            times.push(self.time(work()).await.1);
        }
        times.sort_unstable();
        times[(times.len() * 95).div_ceil(100) - 1]
    }

    /// The medians of two works that take turns, so that both see the same machine.
    pub async fn medians(
        &self,
        rounds: usize,
        mut one: impl AsyncFnMut(),
        mut other: impl AsyncFnMut(),
    ) -> (Duration, Duration) {
        one().await;
        other().await;
        let (mut ones, mut others) = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
        for _ in 0..rounds {
            ones.push(self.time(one()).await.1);
            others.push(self.time(other()).await.1);
        }
        (middle(&mut ones), middle(&mut others))
    }

    /// Notes a time.
    pub fn seconds(&mut self, name: &'static str, time: Duration) {
        self.lines.push((name, time.as_secs_f64(), "s"));
    }

    /// Notes a count.
    pub fn count(&mut self, name: &'static str, count: usize) {
        self.lines.push((name, count as f64, ""));
    }

    /// Notes anything else.
    pub fn figure(&mut self, name: &'static str, value: f64, unit: &'static str) {
        self.lines.push((name, value, unit));
    }

    /// Notes how many times as long as its baseline something takes.
    pub fn ratio(&mut self, name: &'static str, time: Duration, baseline: Duration) {
        self.lines.push((name, time.as_secs_f64() / baseline.as_secs_f64(), "×"));
    }

    /// Notes the most memory the process has had; Linux only.
    pub fn note_memory(&mut self) {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<f64>().ok());
        if let Some(kib) = kib {
            self.lines.push(("memory_peak", kib / 1024.0, "MiB"));
        }
    }

    /// Prints a line for each, or one JSON object.
    pub fn print(&self, json: bool) {
        if json {
            let all: serde_json::Map<_, _> =
                self.lines.iter().map(|(name, value, _)| ((*name).to_owned(), (*value).into())).collect();
            println!("{}", serde_json::Value::Object(all));
        } else {
            self.lines.iter().for_each(|(name, value, unit)| println!("{name:28} {value:12.5} {unit}"));
        }
    }
}

fn middle(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
