//! Laboratory tests that are entered by hand: unit, usual adult reference range, and the limits beyond which somebody must
//! be told at once. Common textbook values; a laboratory's own range, where a result brings one, always wins.
//!
//! Reviewed by nobody yet: a clinic that relies on the alarms lets its laboratory confirm the limits first.

use super::clinical::Coded;
use super::observation::{Observation, ObservedValue, ReferenceRange};
use serde::Serialize;

/// One test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct Lab {
    /// LOINC code.
    pub code: &'static str,
    /// In words.
    pub words: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Lower end of the usual range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end of the usual range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Below: critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critical_low: Option<f64>,
    /// Above: critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critical_high: Option<f64>,
}

const fn lab(
    code: &'static str,
    words: &'static str,
    unit: &'static str,
    range: (Option<f64>, Option<f64>),
    critical: (Option<f64>, Option<f64>),
) -> Lab {
    Lab { code, words, unit, low: range.0, high: range.1, critical_low: critical.0, critical_high: critical.1 }
}

/// The tests that can be entered.
#[rustfmt::skip]
pub const LABS: &[Lab] = &[
    lab("2823-3", "Potassium", "mmol/L", (Some(3.5), Some(5.1)), (Some(2.8), Some(6.2))),
    lab("2951-2", "Sodium", "mmol/L", (Some(136.0), Some(145.0)), (Some(120.0), Some(160.0))),
    lab("2075-0", "Chloride", "mmol/L", (Some(98.0), Some(107.0)), (Some(80.0), Some(120.0))),
    lab("2028-9", "Carbon dioxide", "mmol/L", (Some(22.0), Some(29.0)), (Some(10.0), Some(40.0))),
    lab("17861-6", "Calcium", "mg/dL", (Some(8.6), Some(10.3)), (Some(6.5), Some(13.0))),
    lab("2345-7", "Glucose", "mg/dL", (Some(70.0), Some(99.0)), (Some(45.0), Some(450.0))),
    lab("4548-4", "Hemoglobin A1c", "%", (Some(4.0), Some(5.6)), (None, None)),
    lab("2160-0", "Creatinine", "mg/dL", (Some(0.6), Some(1.3)), (None, Some(7.5))),
    lab("3094-0", "Urea nitrogen", "mg/dL", (Some(7.0), Some(20.0)), (None, Some(100.0))),
    lab("33914-3", "eGFR", "mL/min/{1.73_m2}", (Some(60.0), None), (None, None)),
    lab("718-7", "Hemoglobin", "g/dL", (Some(12.0), Some(17.0)), (Some(7.0), Some(20.0))),
    lab("6690-2", "White blood cells", "10*3/uL", (Some(4.0), Some(11.0)), (Some(1.5), Some(30.0))),
    lab("777-3", "Platelets", "10*3/uL", (Some(150.0), Some(400.0)), (Some(30.0), Some(1000.0))),
    lab("6301-6", "INR", "{INR}", (Some(0.8), Some(1.2)), (None, Some(5.0))),
    lab("10839-9", "Troponin I", "ng/mL", (None, Some(0.04)), (None, Some(0.4))),
    lab("3016-3", "TSH", "m[IU]/L", (Some(0.4), Some(4.5)), (None, None)),
    lab("2089-1", "LDL cholesterol", "mg/dL", (None, Some(130.0)), (None, None)),
    lab("2085-9", "HDL cholesterol", "mg/dL", (Some(40.0), None), (None, None)),
    lab("2571-8", "Triglycerides", "mg/dL", (None, Some(150.0)), (None, None)),
    lab("1742-6", "ALT", "U/L", (Some(7.0), Some(56.0)), (None, Some(1000.0))),
    lab("1920-8", "AST", "U/L", (Some(10.0), Some(40.0)), (None, Some(1000.0))),
    lab("1975-2", "Bilirubin, total", "mg/dL", (Some(0.1), Some(1.2)), (None, Some(15.0))),
];

/// The test with this code.
#[must_use]
pub fn lab_named(code: &str) -> Option<&'static Lab> {
    LABS.iter().find(|lab| lab.code == code)
}

impl Lab {
    /// A result of it.
    #[must_use]
    pub fn result(&self, value: f64, at: &str, note: Option<String>) -> Observation {
        Observation {
            code: Coded { text: self.words.into(), code: Some(self.code.into()), system: Some("LOINC".into()) },
            category: "laboratory".into(),
            status: "final".into(),
            at: Some(at.into()),
            value: Some(ObservedValue::Quantity { value, unit: Some(self.unit.into()), comparator: None }),
            range: Some(ReferenceRange { low: self.low, high: self.high, text: None }),
            note,
            ..Observation::default()
        }
    }
}

/// How a value stands to its range: `low`, `high`, `critical`; nothing when it is normal. In a unit other than the
/// table's, nothing is called critical.
#[must_use]
pub fn flag(
    code: Option<&str>,
    value: f64,
    unit: Option<&str>,
    range: Option<&ReferenceRange>,
) -> Option<&'static str> {
    let lab = code.and_then(lab_named).filter(|lab| Some(lab.unit) == unit);
    let beyond = |lab: &Lab| {
        lab.critical_low.is_some_and(|low| value < low) || lab.critical_high.is_some_and(|high| value > high)
    };
    if lab.is_some_and(beyond) || super::critical::is_critical(code, value, unit) {
        return Some("critical");
    }
    let range = range?;
    if range.low.is_some_and(|low| value < low) {
        return Some("low");
    }
    range.high.is_some_and(|high| value > high).then_some("high")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_potassium_of_seven_is_critical_one_of_five_and_a_half_high() {
        let range = ReferenceRange { low: Some(3.5), high: Some(5.1), text: None };
        let flag = |value, unit| flag(Some("2823-3"), value, Some(unit), Some(&range));
        for (value, expected) in [
            (2.7, Some("critical")),
            (2.8, Some("low")),
            (3.5, None),
            (5.1, None),
            (5.5, Some("high")),
            (6.2, Some("high")),
            (7.1, Some("critical")),
        ] {
            assert_eq!(flag(value, "mmol/L"), expected, "{value}");
        }
        assert_eq!(flag(27.0, "mg/dL"), Some("high"), "in another unit nothing is called critical");
    }

    #[test]
    fn every_test_has_a_code_of_its_own_and_its_limits_lie_in_order() {
        for (at, lab) in LABS.iter().enumerate() {
            assert!(LABS[at + 1..].iter().all(|other| other.code != lab.code && other.words != lab.words));
            let ends: Vec<f64> =
                [lab.critical_low, lab.low, lab.high, lab.critical_high].into_iter().flatten().collect();
            assert!(ends.windows(2).all(|pair| pair[0] < pair[1]), "{}", lab.words);
            assert_eq!(lab_named(lab.code), Some(lab));
        }
    }
}
