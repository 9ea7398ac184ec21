//! One form for vital signs: what can't be is refused, what is unlikely is asked about before it is kept.

use super::clinical::Coded;
use super::observation::{Component, Observation, ObservedValue, ReferenceRange};
use serde::{Deserialize, Serialize};

/// A set of vital signs as typed: each value a number in the form's unit, absent when it wasn't taken.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct Vitals {
    /// mmHg.
    pub systolic: Option<f64>,
    /// mmHg.
    pub diastolic: Option<f64>,
    /// Beats a minute.
    pub heart_rate: Option<f64>,
    /// Breaths a minute.
    pub respiratory_rate: Option<f64>,
    /// Percent.
    pub spo2: Option<f64>,
    /// Degrees in `temperature_unit`.
    pub temperature: Option<f64>,
    /// `Cel` or `[degF]`.
    pub temperature_unit: Option<String>,
    /// In `weight_unit`.
    pub weight: Option<f64>,
    /// `kg` or `[lb_av]`.
    pub weight_unit: Option<String>,
    /// 0–10.
    pub pain: Option<f64>,
}

/// Why a value is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// No living person has it: it can't be kept.
    Impossible,
    /// Outside what is usually seen: kept when confirmed.
    Unlikely,
    /// A decimal point seems to be missing.
    DecimalPoint,
    /// It would be usual in the other unit.
    OtherUnit,
    /// Far from the weight recorded last.
    FarFromLast,
    /// Systolic isn't above diastolic: it can't be kept.
    Swapped,
    /// One of the two pressures is missing.
    Half,
}

impl Doubt {
    /// Whether no confirmation lets it pass.
    #[must_use]
    pub const fn refuses(self) -> bool {
        matches!(self, Self::Impossible | Self::Swapped | Self::Half | Self::DecimalPoint)
    }
}

/// A doubted value, and what may have been meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct Doubted {
    /// Field of [`Vitals`].
    pub field: String,
    /// Why.
    pub why: Doubt,
    /// The value that may have been meant, in the unit that may have been meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meant: Option<f64>,
}

/// What a vital sign is called, its codes, unit and limits.
struct Sign {
    field: &'static str,
    loinc: &'static str,
    words: &'static str,
    unit: &'static str,
    /// Outside: impossible.
    can: (f64, f64),
    /// Outside: unlikely.
    usual: (f64, f64),
    /// Outside: flagged.
    normal: (Option<f64>, Option<f64>),
}

const SYSTOLIC: Sign = Sign {
    field: "systolic",
    loinc: "8480-6",
    words: "Systolic blood pressure",
    unit: "mm[Hg]",
    can: (30.0, 320.0),
    usual: (70.0, 220.0),
    normal: (Some(90.0), Some(140.0)),
};
const DIASTOLIC: Sign = Sign {
    field: "diastolic",
    loinc: "8462-4",
    words: "Diastolic blood pressure",
    unit: "mm[Hg]",
    can: (10.0, 220.0),
    usual: (40.0, 130.0),
    normal: (Some(60.0), Some(90.0)),
};
const HEART_RATE: Sign = Sign {
    field: "heart_rate",
    loinc: "8867-4",
    words: "Heart rate",
    unit: "/min",
    can: (10.0, 350.0),
    usual: (40.0, 180.0),
    normal: (Some(50.0), Some(100.0)),
};
const RESPIRATORY_RATE: Sign = Sign {
    field: "respiratory_rate",
    loinc: "9279-1",
    words: "Respiratory rate",
    unit: "/min",
    can: (1.0, 120.0),
    usual: (8.0, 40.0),
    normal: (Some(12.0), Some(20.0)),
};
const SPO2: Sign = Sign {
    field: "spo2",
    loinc: "59408-5",
    words: "Oxygen saturation",
    unit: "%",
    can: (20.0, 100.0),
    usual: (85.0, 100.0),
    normal: (Some(94.0), None),
};
const TEMPERATURE: Sign = Sign {
    field: "temperature",
    loinc: "8310-5",
    words: "Body temperature",
    unit: "Cel",
    can: (20.0, 46.0),
    usual: (34.0, 41.5),
    normal: (Some(36.0), Some(38.0)),
};
const WEIGHT: Sign = Sign {
    field: "weight",
    loinc: "29463-7",
    words: "Body weight",
    unit: "kg",
    can: (0.2, 650.0),
    usual: (2.0, 250.0),
    normal: (None, None),
};
const PAIN: Sign = Sign {
    field: "pain",
    loinc: "72514-3",
    words: "Pain severity",
    unit: "{score}",
    can: (0.0, 10.0),
    usual: (0.0, 10.0),
    normal: (None, Some(6.0)),
};

/// LOINC code of body weight.
pub const WEIGHT_CODE: &str = WEIGHT.loinc;
/// Pounds in a kilogram.
const POUNDS: f64 = 2.204_622_6;
/// So far from the last weight that it is asked about.
const FAR: f64 = 0.2;

impl Vitals {
    /// Whether nothing was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken().is_empty()
    }

    /// What is doubted, given the weight in kilograms that was recorded last.
    #[must_use]
    pub fn doubts(&self, last_weight: Option<f64>) -> Vec<Doubted> {
        let mut doubts: Vec<Doubted> =
            self.taken().iter().filter_map(|(sign, value)| self.doubt(sign, *value)).collect();
        doubts.extend(self.pressure());
        if !doubts.iter().any(|doubt| doubt.field == WEIGHT.field) {
            doubts.extend(self.weight_change(last_weight));
        }
        doubts
    }

    /// The observations they become, with units and bands.
    #[must_use]
    pub fn observations(&self, at: &str) -> Vec<Observation> {
        let taken = self.taken();
        let pressure: Vec<&(Sign, f64)> =
            taken.iter().filter(|(sign, _)| [SYSTOLIC.field, DIASTOLIC.field].contains(&sign.field)).collect();
        let mut made = Vec::new();
        if !pressure.is_empty() {
            let components = pressure.iter().map(|(sign, value)| sign.component(*value)).collect();
            let code = coded("85354-9", "Blood pressure");
            made.push(Observation { code, components, ..observation(at) });
        }
        let others = taken.iter().filter(|(sign, _)| ![SYSTOLIC.field, DIASTOLIC.field].contains(&sign.field));
        made.extend(others.map(|(sign, value)| Observation {
            code: sign.code(),
            value: Some(sign.value(*value)),
            range: sign.range(),
            ..observation(at)
        }));
        made
    }

    /// What was taken, in the units that are kept.
    fn taken(&self) -> Vec<(Sign, f64)> {
        let all = [
            (SYSTOLIC, self.systolic),
            (DIASTOLIC, self.diastolic),
            (HEART_RATE, self.heart_rate),
            (RESPIRATORY_RATE, self.respiratory_rate),
            (SPO2, self.spo2),
            (TEMPERATURE, self.temperature.map(|degrees| if self.fahrenheit() { celsius(degrees) } else { degrees })),
            (WEIGHT, self.weight.map(|weight| if self.pounds() { rounded(weight / POUNDS) } else { weight })),
            (PAIN, self.pain),
        ];
        all.into_iter().filter_map(|(sign, value)| Some((sign, value?))).collect()
    }

    fn fahrenheit(&self) -> bool {
        self.temperature_unit.as_deref() == Some("[degF]")
    }

    fn pounds(&self) -> bool {
        self.weight_unit.as_deref() == Some("[lb_av]")
    }

    fn doubt(&self, sign: &Sign, value: f64) -> Option<Doubted> {
        if within(value, sign.usual) {
            return None;
        }
        let doubted = |why, meant| Some(Doubted { field: sign.field.to_owned(), why, meant });
        if sign.field == TEMPERATURE.field {
            return self.temperature_doubt(value);
        }
        if !value.is_finite() || !within(value, sign.can) {
            return doubted(Doubt::Impossible, None);
        }
        doubted(Doubt::Unlikely, None)
    }

    /// 375 for 37.5, and 98.6 or 37 in the other unit.
    fn temperature_doubt(&self, degrees: f64) -> Option<Doubted> {
        let typed = self.temperature?;
        let doubted = |why, meant| Some(Doubted { field: TEMPERATURE.field.to_owned(), why, meant });
        let tenth = typed / 10.0;
        let of_tenth = if self.fahrenheit() { celsius(tenth) } else { tenth };
        if within(of_tenth, TEMPERATURE.usual) {
            return doubted(Doubt::DecimalPoint, Some(tenth));
        }
        let otherwise = if self.fahrenheit() { typed } else { celsius(typed) };
        if within(otherwise, TEMPERATURE.usual) {
            return doubted(Doubt::OtherUnit, Some(typed));
        }
        if within(degrees, TEMPERATURE.can) { doubted(Doubt::Unlikely, None) } else { doubted(Doubt::Impossible, None) }
    }

    fn pressure(&self) -> Option<Doubted> {
        let doubted = |field: &str, why| Some(Doubted { field: field.to_owned(), why, meant: None });
        match (self.systolic, self.diastolic) {
            (Some(systolic), Some(diastolic)) if systolic <= diastolic => doubted("systolic", Doubt::Swapped),
            (Some(_), None) => doubted("diastolic", Doubt::Half),
            (None, Some(_)) => doubted("systolic", Doubt::Half),
            _ => None,
        }
    }

    /// A weight that is far from the last one, and whether the other unit explains it.
    fn weight_change(&self, last: Option<f64>) -> Option<Doubted> {
        let (typed, last) = (self.weight?, last.filter(|last| *last > 0.0)?);
        let near = |kg: f64| (kg - last).abs() <= last * FAR;
        let (this, other) = if self.pounds() { (typed / POUNDS, typed) } else { (typed, typed / POUNDS) };
        if near(this) {
            return None;
        }
        let why = if near(other) { Doubt::OtherUnit } else { Doubt::FarFromLast };
        let meant = (why == Doubt::OtherUnit).then_some(typed);
        Some(Doubted { field: WEIGHT.field.to_owned(), why, meant })
    }
}

impl Sign {
    fn code(&self) -> Coded {
        coded(self.loinc, self.words)
    }

    fn value(&self, value: f64) -> ObservedValue {
        ObservedValue::Quantity { value, unit: Some(self.unit.to_owned()), comparator: None }
    }

    fn range(&self) -> Option<ReferenceRange> {
        let (low, high) = self.normal;
        (low.is_some() || high.is_some()).then_some(ReferenceRange { low, high, text: None })
    }

    fn component(&self, value: f64) -> Component {
        Component { code: self.code(), value: Some(self.value(value)), absent: None, range: self.range() }
    }
}

fn coded(code: &str, words: &str) -> Coded {
    Coded { text: words.to_owned(), code: Some(code.to_owned()), system: Some("LOINC".to_owned()) }
}

fn observation(at: &str) -> Observation {
    Observation {
        category: "vital-signs".to_owned(),
        status: "final".to_owned(),
        at: Some(at.to_owned()),
        ..Observation::default()
    }
}

fn celsius(fahrenheit: f64) -> f64 {
    rounded((fahrenheit - 32.0) / 1.8)
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn within(value: f64, (low, high): (f64, f64)) -> bool {
    low <= value && value <= high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(vitals: &Vitals, last: Option<f64>) -> Vec<(String, Doubt, Option<f64>)> {
        vitals.doubts(last).into_iter().map(|doubt| (doubt.field, doubt.why, doubt.meant)).collect()
    }

    #[test]
    fn an_ordinary_set_is_doubted_nowhere_and_becomes_six_observations() {
        let set = Vitals {
            systolic: Some(128.0),
            diastolic: Some(82.0),
            heart_rate: Some(71.0),
            respiratory_rate: Some(14.0),
            spo2: Some(98.0),
            temperature: Some(36.8),
            weight: Some(71.2),
            pain: Some(2.0),
            ..Vitals::default()
        };
        assert!(why(&set, Some(70.0)).is_empty());
        let made = set.observations("2026-11-22T09:41:00Z");
        assert_eq!(made.len(), 7);
        assert_eq!(made[0].components.len(), 2, "both pressures are one observation");
        assert!(Vitals::default().is_empty() && !set.is_empty());
    }

    #[test]
    fn a_fever_of_375_degrees_is_refused_with_what_was_meant() {
        let typed = |temperature, unit: &str| Vitals {
            temperature: Some(temperature),
            temperature_unit: Some(unit.into()),
            ..Vitals::default()
        };
        let doubt = |why, meant| vec![("temperature".to_owned(), why, meant)];
        assert_eq!(why(&typed(375.0, "Cel"), None), doubt(Doubt::DecimalPoint, Some(37.5)));
        assert_eq!(why(&typed(986.0, "[degF]"), None), doubt(Doubt::DecimalPoint, Some(98.6)));
        assert_eq!(why(&typed(98.6, "Cel"), None), doubt(Doubt::OtherUnit, Some(98.6)));
        assert_eq!(why(&typed(37.0, "[degF]"), None), doubt(Doubt::OtherUnit, Some(37.0)));
        assert_eq!(why(&typed(42.5, "Cel"), None), doubt(Doubt::Unlikely, None));
        assert_eq!(why(&typed(60.0, "Cel"), None), doubt(Doubt::Impossible, None));
        assert!(Doubt::DecimalPoint.refuses() && Doubt::Impossible.refuses() && !Doubt::OtherUnit.refuses());
    }

    #[test]
    fn pounds_typed_as_kilograms_are_noticed_by_the_last_weight() {
        let typed =
            |weight, unit: &str| Vitals { weight: Some(weight), weight_unit: Some(unit.into()), ..Vitals::default() };
        assert_eq!(why(&typed(157.0, "kg"), Some(71.2))[0], ("weight".into(), Doubt::OtherUnit, Some(157.0)));
        assert_eq!(why(&typed(71.0, "[lb_av]"), Some(71.2))[0].1, Doubt::OtherUnit);
        assert!(why(&typed(157.0, "[lb_av]"), Some(71.2)).is_empty());
        assert_eq!(why(&typed(99.0, "kg"), Some(71.2))[0].1, Doubt::FarFromLast);
        assert!(why(&typed(157.0, "kg"), None).is_empty());
        assert_eq!(why(&typed(f64::NAN, "kg"), None)[0].1, Doubt::Impossible);
    }

    #[test]
    fn a_pressure_has_two_values_and_the_upper_one_is_higher() {
        let typed = |systolic, diastolic| Vitals { systolic, diastolic, ..Vitals::default() };
        assert_eq!(why(&typed(Some(80.0), Some(120.0)), None)[0].1, Doubt::Swapped);
        assert_eq!(why(&typed(Some(120.0), None), None)[0], ("diastolic".into(), Doubt::Half, None));
        assert_eq!(why(&typed(None, Some(80.0)), None)[0].1, Doubt::Half);
        assert_eq!(why(&typed(Some(230.0), Some(110.0)), None)[0].1, Doubt::Unlikely);
    }

    #[test]
    fn fahrenheit_and_pounds_are_kept_as_celsius_and_kilograms() {
        let set = Vitals {
            temperature: Some(98.6),
            temperature_unit: Some("[degF]".into()),
            weight: Some(157.0),
            weight_unit: Some("[lb_av]".into()),
            ..Vitals::default()
        };
        let kept: Vec<f64> = set.taken().iter().map(|(_, value)| *value).collect();
        assert_eq!(kept, [37.0, 71.2]);
    }
}
