//! The table as a page for people (`docs/PERMISSIONS.md`) and as a fingerprint for the status panel.

use super::role::{Role, compartments_of, readers};
use super::table::{Grant, Row, TABLE, VERSION};
use crate::record::Section;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// SHA-256 over the table: every row's name, right and cells, in order.
#[must_use]
pub fn fingerprint() -> [u8; 32] {
    let mut hash = Sha256::new();
    for row in TABLE {
        let cells: String = Role::ALL.into_iter().map(|role| letter(row.grant(role))).collect();
        hash.update(format!("{}|{}|{cells}\n", row.name, row.right));
    }
    hash.finalize().into()
}

const fn letter(grant: Grant) -> char {
    match grant {
        Grant::Never => '-',
        Grant::Always => 'A',
        Grant::OnCareTeam => 'T',
        Grant::WithExtraRight => 'E',
    }
}

const fn mark(grant: Grant) -> &'static str {
    match grant {
        Grant::Never => "–",
        Grant::Always => "✔",
        Grant::OnCareTeam => "team",
        Grant::WithExtraRight => "extra",
    }
}

/// `docs/PERMISSIONS.md`, whole.
#[must_use]
pub fn permissions_markdown() -> String {
    let mut page = format!("{INTRODUCTION}\nVersion {VERSION}.\n\n");
    page.push_str("| Right | Doctor | Nurse | Front desk | Administrator | Auditor | Import | Row |\n");
    page.push_str("|---|---|---|---|---|---|---|---|\n");
    TABLE.iter().for_each(|row| page.push_str(&line(row)));
    page.push_str(&keys_chapter());
    page
}

fn line(row: &Row) -> String {
    let cells: Vec<_> = Role::ALL.into_iter().map(|role| mark(row.grant(role))).collect();
    format!("| {} | {} | `{}` |\n", row.words, cells.join(" | "), row.name)
}

fn keys_chapter() -> String {
    let mut page = String::from(KEYS);
    page.push_str("\n| Role | Compartments whose key it is granted |\n|---|---|\n");
    for role in Role::ALL {
        let held: Vec<_> = compartments_of(role).into_iter().map(|c| c.code()).collect();
        let _ = writeln!(page, "| {} | {} |", role.words(), or_none(&held));
    }
    page.push_str("\n| Section | Compartment | Readers |\n|---|---|---|\n");
    for section in Section::ALL {
        let roles: Vec<_> = readers(section).into_iter().map(Role::words).collect();
        let _ = writeln!(page, "| {} | {} | {} |", section.code(), section.compartment().code(), or_none(&roles));
    }
    page
}

fn or_none(words: &[&str]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

const INTRODUCTION: &str = "\
# Who may do what

Printed from the role table in `src-tauri/src/policy/table.rs`; a test fails when the two differ. To print it again:
`WARDSEAL_UPDATE=1 cargo test --test it policy`.

✔ always · **team** for patients of the user's care team, on the user's schedule today, or checked in at the user's
unit · **extra** as team, for a person to whom an administrator gave the extra right for sensitive items · – never. What isn't in the table is forbidden, no role inherits from another, and every audit row names the row
that decided.
";

const KEYS: &str = "
## Which keys follow from it

Reading is separated by keys: a compartment holds the sections that have the same readers, and a user is granted the
keys of the compartments the role reads; whoever has the extra right is granted *restricted* besides. Edit rights and the care team are decided by the policy alone. A role that may
enter what it may not read (the front desk and a social security number) seals it to the compartment's public key.

**The import service is an exception.** It writes every kind of record, so it holds four compartments, to build index
payloads and to recognise what it has written before. It has no right to find or view a patient, and no screen; but its
keys would open what they open. Give it a secret of its own, and disable the account between imports.
";
