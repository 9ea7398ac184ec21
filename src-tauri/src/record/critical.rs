//! Vital signs that somebody must hear of at once: the limits and where each comes from. Those of laboratory tests stand
//! with the tests, in [`super::labs`].
//!
//! Blood pressure upwards: hypertensive crisis, ACC/AHA guideline 2017. Everything else: what alone scores 3 in NEWS2, Royal
//! College of Physicians 2017, for adults. Reviewed by nobody yet: a clinic that relies on the alarms confirms them first.

use super::observation::{Observation, ObservedValue};

/// From where on a vital sign is critical.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// LOINC codes.
    pub codes: &'static [&'static str],
    /// Units in which the limits stand.
    pub units: &'static [&'static str],
    /// Critical at this value and below.
    pub low: Option<f64>,
    /// Critical at this value and above.
    pub high: Option<f64>,
    /// Where it comes from.
    pub source: Source,
}

/// Where a limit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// NEWS2, 2017.
    News2,
    /// ACC/AHA, 2017.
    AccAha2017,
}

const PRESSURE: &[&str] = &["mm[Hg]", "mmHg"];
const RATE: &[&str] = &["/min", "{beats}/min", "{breaths}/min"];

const fn limit(
    codes: &'static [&'static str],
    units: &'static [&'static str],
    low: Option<f64>,
    high: Option<f64>,
    source: Source,
) -> Limit {
    Limit { codes, units, low, high, source }
}

/// The table: systolic and diastolic pressure, heart rate, respiratory rate, oxygen saturation, temperature.
pub const CRITICAL_VITALS: &[Limit] = &[
    limit(&["8480-6"], PRESSURE, Some(90.0), None, Source::News2),
    limit(&["8480-6"], PRESSURE, None, Some(180.0), Source::AccAha2017),
    limit(&["8462-4"], PRESSURE, None, Some(120.0), Source::AccAha2017),
    limit(&["8867-4"], RATE, Some(40.0), Some(131.0), Source::News2),
    limit(&["9279-1"], RATE, Some(8.0), Some(25.0), Source::News2),
    limit(&["2708-6", "59408-5"], &["%"], Some(91.0), None, Source::News2),
    limit(&["8310-5"], &["Cel"], Some(35.0), None, Source::News2),
];

/// Whether a vital sign is critical; in a unit that the table doesn't have, nothing is called so.
#[must_use]
pub fn is_critical(code: Option<&str>, value: f64, unit: Option<&str>) -> bool {
    let (Some(code), Some(unit)) = (code, unit) else { return false };
    CRITICAL_VITALS
        .iter()
        .filter(|limit| limit.codes.contains(&code) && limit.units.contains(&unit))
        .any(|limit| limit.low.is_some_and(|low| value <= low) || limit.high.is_some_and(|high| value >= high))
}

/// The critical values of an observation and its parts, in words each.
#[must_use]
pub fn critical_values(observed: &Observation) -> Vec<String> {
    let own = std::iter::once((&observed.code, observed.value.as_ref()));
    let parts = observed.components.iter().map(|part| (&part.code, part.value.as_ref()));
    let words = own.chain(parts).filter_map(|(code, value)| match value? {
        ObservedValue::Quantity { value, unit, comparator: None } => {
            let critical = is_critical(code.code.as_deref(), *value, unit.as_deref());
            critical.then(|| format!("{} {value} {}", code.text, unit.as_deref().unwrap_or_default()))
        }
        _ => None,
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_is_critical_and_the_value_beside_it_is_not() {
        for limit in CRITICAL_VITALS {
            for (code, unit) in limit.codes.iter().flat_map(|code| limit.units.iter().map(move |unit| (code, unit))) {
                let critical = |value| is_critical(Some(code), value, Some(unit));
                let (low, high) = (limit.low.unwrap_or(f64::NAN), limit.high.unwrap_or(f64::NAN));
                assert!(limit.low.is_none() || critical(low) && !critical(low + 0.1), "{code}");
                assert!(limit.high.is_none() || critical(high) && !critical(high - 0.1), "{code}");
            }
        }
    }

    #[test]
    fn a_pressure_of_180_over_120_is_critical_on_both_sides_and_139_over_89_is_not() {
        assert!(is_critical(Some("8480-6"), 180.0, Some("mm[Hg]")) && is_critical(Some("8462-4"), 120.0, Some("mmHg")));
        assert!(
            !is_critical(Some("8480-6"), 139.0, Some("mm[Hg]")) && !is_critical(Some("8462-4"), 89.0, Some("mmHg"))
        );
    }

    #[test]
    fn in_an_unknown_unit_or_without_a_code_nothing_is_called_critical() {
        assert!(!is_critical(Some("8310-5"), 34.0, Some("[degF]")));
        assert!(!is_critical(None, 300.0, Some("mm[Hg]")) && !is_critical(Some("8480-6"), 300.0, None));
    }
}
