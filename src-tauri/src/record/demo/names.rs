//! Names as frequent as in the US census of 1990.

use super::rng::Rng;
use std::sync::LazyLock;

type Table = LazyLock<Vec<(&'static str, u32)>>;

static SURNAMES: Table = LazyLock::new(|| table(include_str!("surnames.txt")));
static FEMALE: Table = LazyLock::new(|| table(include_str!("given_female.txt")));
static MALE: Table = LazyLock::new(|| table(include_str!("given_male.txt")));

pub(super) fn surname(rng: &mut Rng) -> &'static str {
    draw(&SURNAMES, rng)
}

pub(super) fn given(female: bool, rng: &mut Rng) -> &'static str {
    draw(if female { &FEMALE } else { &MALE }, rng)
}

/// Names with running totals of their weights.
fn table(text: &'static str) -> Vec<(&'static str, u32)> {
    let lines = text.lines().filter_map(|line| line.rsplit_once(' ').filter(|_| !line.starts_with('#')));
    let weighted = lines.filter_map(|(name, weight)| Some((name, weight.parse::<u32>().ok()?)));
    weighted
        .scan(0, |total, (name, weight)| {
            *total += weight;
            Some((name, *total))
        })
        .collect()
}

fn draw(table: &[(&'static str, u32)], rng: &mut Rng) -> &'static str {
    let total = table.last().map_or(0, |(_, total)| *total);
    let point = rng.below(total);
    let place = table.partition_point(|(_, total)| *total <= point);
    table.get(place).map_or("", |(name, _)| *name)
}
