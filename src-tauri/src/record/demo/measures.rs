//! What is measured in the demo clinic, with units and reference bands.

/// One kind of measurement.
pub(super) struct Measure {
    /// LOINC code.
    pub code: &'static str,
    pub name: &'static str,
    pub unit: &'static str,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Digits after the point.
    pub digits: u8,
    /// Usual distance between two values.
    pub noise: f64,
}

const fn measure(
    code: &'static str,
    name: &'static str,
    unit: &'static str,
    band: (Option<f64>, Option<f64>),
    digits: u8,
    noise: f64,
) -> Measure {
    Measure { code, name, unit, low: band.0, high: band.1, digits, noise }
}

#[rustfmt::skip]
mod table {
    use super::{Measure, measure};
    pub const SYSTOLIC: Measure = measure("8480-6", "Systolic blood pressure", "mmHg", (Some(90.0), Some(130.0)), 0, 9.0);
    pub const DIASTOLIC: Measure = measure("8462-4", "Diastolic blood pressure", "mmHg", (Some(60.0), Some(80.0)), 0, 6.0);
    pub const HEART_RATE: Measure = measure("8867-4", "Heart rate", "/min", (Some(60.0), Some(100.0)), 0, 8.0);
    pub const WEIGHT: Measure = measure("29463-7", "Body weight", "kg", (None, None), 1, 1.2);
    pub const TEMPERATURE: Measure = measure("8310-5", "Body temperature", "°C", (Some(36.1), Some(37.8)), 1, 0.4);
    pub const OXYGEN: Measure = measure("59408-5", "Oxygen saturation", "%", (Some(95.0), Some(100.0)), 0, 1.4);
    pub const A1C: Measure = measure("4548-4", "Hemoglobin A1c", "%", (Some(4.0), Some(5.6)), 1, 0.3);
    pub const GLUCOSE: Measure = measure("2345-7", "Glucose", "mg/dL", (Some(70.0), Some(99.0)), 0, 12.0);
    pub const CREATININE: Measure = measure("2160-0", "Creatinine", "mg/dL", (Some(0.6), Some(1.2)), 2, 0.08);
    pub const POTASSIUM: Measure = measure("2823-3", "Potassium", "mmol/L", (Some(3.5), Some(5.1)), 1, 0.3);
    pub const LDL: Measure = measure("13457-7", "LDL cholesterol", "mg/dL", (None, Some(130.0)), 0, 12.0);
    pub const HEMOGLOBIN: Measure = measure("718-7", "Hemoglobin", "g/dL", (Some(12.0), Some(17.0)), 1, 0.5);
    pub const TSH: Measure = measure("3016-3", "TSH", "mIU/L", (Some(0.4), Some(4.5)), 2, 0.6);
}
pub(super) use table::*;

/// A measurement of one person over the years: where it began and where it is now.
pub(super) struct Course {
    pub measure: &'static Measure,
    pub from: f64,
    pub to: f64,
}

/// Laboratory courses for everyone of an age who has these conditions.
pub(super) fn laboratory(age: i32, has: impl Fn(&str) -> bool) -> Vec<Course> {
    let course = |measure, from, to| Course { measure, from, to };
    let diabetic = has("E11.9") || has("E11.22") || has("E10.9");
    let kidney = has("N18.30") || has("E11.22");
    let mut courses = Vec::new();
    if diabetic {
        courses.extend([course(&A1C, 9.4, 7.6), course(&GLUCOSE, 198.0, 142.0)]);
    } else if age >= 45 {
        courses.push(course(&GLUCOSE, 92.0, 98.0));
    }
    if kidney {
        courses.extend([course(&CREATININE, 1.35, 1.72), course(&POTASSIUM, 4.6, 5.0)]);
    } else if age >= 40 {
        courses.push(course(&CREATININE, 0.85, 0.92));
    }
    if has("E78.5") || has("I25.10") {
        courses.push(course(&LDL, 168.0, 94.0));
    }
    if has("D50.9") {
        courses.push(course(&HEMOGLOBIN, 9.8, 12.4));
    }
    if has("E03.9") {
        courses.push(course(&TSH, 7.8, 2.4));
    }
    courses
}
