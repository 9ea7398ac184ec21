//! The barcode of a drug's package, compared with what was ordered: by its number (NDC, in a UPC, EAN or GS1 code), or by
//! the ingredients that its words and the order's name.

use super::Coded;
use super::interactions::Table;
use serde::{Deserialize, Serialize};

/// What came of comparing a package with its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum PackageCheck {
    /// It is what was ordered.
    Same,
    /// It is something else.
    Other,
    /// Nothing is known that both could be compared by.
    NotCompared,
}

/// Compares what was scanned with the drug of an order.
#[must_use]
pub fn compare(scanned: &str, drug: &Coded, table: Option<&Table>) -> PackageCheck {
    let ordered = drug.code.as_deref().unwrap_or_default();
    if !ordered.is_empty() && scanned.trim() == ordered.trim() {
        return PackageCheck::Same;
    }
    if let (Some(package), true) = (ndc_of(scanned), drug.system.as_deref() == Some("NDC")) {
        let same = ndcs_of(ordered).iter().any(|ndc| product(ndc) == product(&package));
        return if same { PackageCheck::Same } else { PackageCheck::Other };
    }
    match table.and_then(|table| table.same_ingredients(scanned, &drug.text)) {
        Some(true) => PackageCheck::Same,
        Some(false) => PackageCheck::Other,
        None => PackageCheck::NotCompared,
    }
}

/// The ten digits of the National Drug Code in a UPC-A (12 digits), EAN-13, GTIN-14 or GS1 element string (`01` + GTIN).
fn ndc_of(scanned: &str) -> Option<String> {
    let digits: String = scanned.chars().filter(char::is_ascii_digit).collect();
    let gtin = if digits.len() >= 16 { digits.strip_prefix("01")?.get(..14)? } else { digits.as_str() };
    let padded = format!("{gtin:0>14}");
    let drug = (12..=14).contains(&gtin.len()) && padded.get(1..3) == Some("03") && is_checked(&padded);
    drug.then(|| padded[3..13].to_owned())
}

/// The check digit of GS1: weights three and one, from the right.
fn is_checked(gtin: &str) -> bool {
    let digits = gtin.chars().rev().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits.zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    sum.is_multiple_of(10)
}

/// The ten digits that an NDC as written may stand for: with eleven, one part was filled up with a nought.
fn ndcs_of(written: &str) -> Vec<String> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        10 => vec![digits],
        11 => {
            let without = |at: usize| {
                let (before, after) = (digits.get(..at)?, digits.get(at..)?.strip_prefix('0')?);
                Some(format!("{before}{after}"))
            };
            [0, 5, 9].into_iter().filter_map(without).collect()
        }
        _ => Vec::new(),
    }
}

/// Labeler and product; the last digits only tell the size of the package.
fn product(ndc: &str) -> Option<&str> {
    ndc.get(..8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::interactions;

    fn drug(text: &str, ndc: Option<&str>) -> Coded {
        let (code, system) = (ndc.map(str::to_owned), ndc.map(|_| "NDC".to_owned()));
        Coded { text: text.into(), code, system }
    }

    #[test]
    fn a_package_is_known_by_its_number_in_every_form_it_is_printed() {
        // NDC 0071-0155-23 is 00071-0155-23 with eleven digits; UPC 3 0071015523 7.
        for ordered in ["0071-0155-23", "00071-0155-23", "00071015523"] {
            let drug = drug("Atorvastatin 10 MG", Some(ordered));
            for scanned in ["300710155237", "0300710155237", "00300710155237", "(01)00300710155237(17)271231"] {
                assert_eq!(compare(scanned, &drug, None), PackageCheck::Same, "{ordered} {scanned}");
            }
            assert_eq!(compare("300710155401", &drug, None), PackageCheck::NotCompared, "misread");
            assert_eq!(compare("312345678906", &drug, None), PackageCheck::Other);
        }
    }

    #[test]
    fn another_size_of_the_same_product_is_the_same_drug() {
        assert_eq!(product("0071015523"), product("0071015540"));
    }

    #[test]
    fn words_on_a_label_are_compared_by_ingredients_and_what_nobody_knows_is_not_compared() {
        let table = Table::read(interactions::SHIPPED).unwrap();
        let ordered = drug("Lisinopril 10 MG Oral Tablet", None);
        assert_eq!(compare("ZESTRIL 10 MG", &ordered, Some(&table)), PackageCheck::Same);
        assert_eq!(compare("warfarin 5 mg", &ordered, Some(&table)), PackageCheck::Other);
        assert_eq!(compare("300710155237", &ordered, Some(&table)), PackageCheck::NotCompared);
        assert_eq!(compare("warfarin 5 mg", &drug("Herbal tea", None), Some(&table)), PackageCheck::NotCompared);
    }
}
