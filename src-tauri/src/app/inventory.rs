//! The data inventory (EN-15), from [`FIELDS`] and the role table: nothing in it is written by hand.

use crate::policy::{VERSION, found_by_national_id, readers};
use crate::record::fields::{Class, FIELDS, Field, IndexQuery, Stored};
use serde::Serialize;
use std::fmt::Write;

/// One stored field.
#[derive(Serialize)]
pub struct InventoryRow {
    /// `<section>.<field>`, or the bare name of what every document carries.
    pub path: &'static str,
    /// Kind of data.
    pub class: String,
    /// The compartment whose keys open it; `None` for clear fields and for what belongs to the item's own section.
    pub compartment: Option<&'static str>,
    /// Encrypted, or stored as it is.
    pub encrypted: bool,
    /// Roles that may view it.
    pub readers: Vec<&'static str>,
    /// How it can be searched.
    pub indexes: Vec<InventoryIndex>,
}

/// One searchable copy of a field.
#[derive(Serialize)]
pub struct InventoryIndex {
    /// Path in the stored document.
    pub path: &'static str,
    /// How it is asked.
    pub query: String,
    /// What a store that watches learns.
    pub leaks: &'static str,
}

/// Every stored field, in the order of [`FIELDS`].
#[must_use]
pub fn inventory() -> Vec<InventoryRow> {
    FIELDS.iter().map(row).collect()
}

fn row(field: &'static Field) -> InventoryRow {
    let off = field.class == Class::NationalId && !found_by_national_id();
    let indexes = field.indexes.iter().map(|index| InventoryIndex {
        path: index.path,
        query: if off { "nobody: empty".to_owned() } else { query(index.query).to_owned() },
        leaks: index.leaks,
    });
    InventoryRow {
        path: field.path,
        class: class(field.class).to_owned(),
        compartment: field.section.map(|section| section.compartment().code()),
        encrypted: field.stored == Stored::Sealed,
        readers: field
            .section
            .map(|section| readers(section).iter().map(|role| role.code()).collect())
            .unwrap_or_default(),
        indexes: indexes.collect(),
    }
}

fn class(class: Class) -> &'static str {
    match class {
        Class::Identifying => "identifying",
        Class::Contact => "contact",
        Class::Financial => "financial",
        Class::NationalId => "national identifier",
        Class::Clinical => "clinical",
        Class::Demographic => "demographic",
        Class::Directory => "staff and organizations",
        Class::Scheduling => "scheduling",
        Class::Provenance => "provenance",
        Class::Technical => "technical",
    }
}

fn query(query: IndexQuery) -> &'static str {
    match query {
        IndexQuery::Equality => "equality",
        IndexQuery::Prefix => "first letters",
        IndexQuery::Range => "range",
    }
}

const INTRODUCTION: &str = "# Data inventory

Printed by `wardsealctl inventory` from the table of stored fields and the role table; don't edit by hand.

Encrypted fields lie within their section's value: AES-256-GCM under the patient's own key, inside a libmongocrypt
Unindexed value under the compartment's data key. Searchable copies are folded, never shown, each under its own data
key; a difference between copy and section is an integrity error.
";

/// The inventory as a page.
#[must_use]
pub fn inventory_markdown() -> String {
    let rows = inventory();
    let mut page = format!("{INTRODUCTION}\nRole table version {VERSION}.\n");
    let (sealed, clear): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.encrypted);
    page.push_str("\n## Encrypted\n\n| Field | Class | Compartment | Read by |\n|---|---|---|---|\n");
    for row in sealed {
        let readers = if row.readers.is_empty() { "as its section".to_owned() } else { row.readers.join(", ") };
        let compartment = row.compartment.unwrap_or("as its section");
        line(&mut page, &[row.path, &row.class, compartment, &readers]);
    }
    page.push_str(
        "\n## Searchable copies\n\n| Path | Copy of | Asked by | A store that watches learns |\n|---|---|---|---|\n",
    );
    for (row, index) in rows.iter().flat_map(|row| row.indexes.iter().map(move |index| (row, index))) {
        line(&mut page, &[index.path, row.path, &index.query, index.leaks]);
    }
    page.push_str("\n## Clear\n\n| Field | Class |\n|---|---|\n");
    clear.iter().for_each(|row| line(&mut page, &[row.path, &row.class]));
    page
}

fn line(page: &mut String, cells: &[&str]) {
    // Writing to a string doesn't fail.
    let _always = writeln!(page, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_an_encrypted_field_without_a_compartment_and_no_clear_field_is_about_a_person() {
        for row in inventory() {
            assert!(row.encrypted || (row.class == "technical" && row.indexes.is_empty()), "{}", row.path);
            assert!(row.compartment.is_some() || row.readers.is_empty(), "{}", row.path);
        }
    }

    #[test]
    fn the_social_security_number_is_read_and_indexed_under_keys_of_those_who_may_find_by_it() {
        let ssn = inventory().into_iter().find(|row| row.path == "national_id.ssn").unwrap();
        assert!(ssn.indexes.iter().all(|index| (index.query == "nobody: empty") != found_by_national_id()));
        assert_eq!((ssn.readers, ssn.compartment), (vec!["doctor"], Some("national_id")));
    }
}
