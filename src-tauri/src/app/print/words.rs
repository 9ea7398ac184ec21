//! The words on paper: dates, marks, states of allergies. Every word of a print-out that isn't the record's stands in
//! this folder.

use super::layout::{Head, Said};
use super::order::PrintPurpose;
use crate::app::instants;
use crate::app::views::{AllergyBanner, Banner};
use crate::clock::Timestamp;
use crate::record::schedule::Zone;
use crate::record::wristband;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Takes the place of allergies on a tag that has no room for their words.
pub const ALLERGIES_INSTEAD: &str = "ALLERGIES OR MARKS RECORDED: see the chart";

/// A date, possibly partial, in letters that nobody reads the wrong way round: `12 Apr 1968`. An instant gives its day
/// here; what is no date stays as it is.
pub fn day(iso: &str, zone: &Zone) -> String {
    let of_instant = instants::read(iso).map(|at| zone.day_of(at.0).to_string());
    let iso = of_instant.as_deref().unwrap_or(iso);
    let parts: Vec<&str> = iso.split('-').collect();
    let month = |digits: &str| digits.parse::<usize>().ok().and_then(|nth| MONTHS.get(nth.wrapping_sub(1)));
    match parts.as_slice() {
        [year, m] => month(m).map_or_else(|| iso.to_owned(), |month| format!("{month} {year}")),
        [year, m, day] => {
            let number = day.trim_start_matches('0');
            month(m).map_or_else(|| iso.to_owned(), |month| format!("{number} {month} {year}"))
        }
        _ => iso.to_owned(),
    }
}

/// A date that may be missing.
pub fn day_or(iso: Option<&str>, zone: &Zone) -> String {
    iso.map_or_else(String::new, |iso| day(iso, zone))
}

/// The time of day here: `09:41`.
pub fn time(at: Timestamp, zone: &Zone) -> String {
    let minutes = zone.minute_of(at.0);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The time of day of an instant in a record.
pub fn time_of(iso: &str, zone: &Zone) -> String {
    instants::read(iso).map_or_else(String::new, |at| time(at, zone))
}

/// Day and time.
pub fn moment(at: Timestamp, zone: &Zone) -> String {
    format!("{}, {}", day(&zone.day_of(at.0).to_string(), zone), time(at, zone))
}

/// A code word as words.
pub fn words(code: &str) -> String {
    match code {
        "noshow" => "no show".to_owned(),
        other => other.replace(['-', '_'], " "),
    }
}

/// The sex as a word: a letter on paper may be misread.
pub fn sex(code: &str) -> &str {
    match code {
        "" | "unknown" => "sex unknown",
        other => other,
    }
}

/// What the paper is needed for.
pub const fn purpose(purpose: PrintPurpose) -> &'static str {
    match purpose {
        PrintPurpose::Treatment => "for care",
        PrintPurpose::PatientRequest => "at the patient's request",
        PrintPurpose::Payment => "for payment",
        PrintPurpose::Operations => "for the clinic's work",
    }
}

/// Who it is about. Allergies are there as far as the reader may see them.
pub fn head(banner: &Banner, zone: &Zone) -> Head {
    let surname = banner.surname.to_uppercase();
    let name = if banner.given.is_empty() { surname } else { format!("{surname}, {}", banner.given) };
    let born = banner.birth_date.as_deref().map_or_else(
        || "birth date unknown".to_owned(),
        |date| banner.age.map_or_else(|| day(date, zone), |age| format!("{} ({age})", day(date, zone))),
    );
    let number = if banner.mrn.is_empty() { "no MRN yet" } else { &banner.mrn };
    let facts = [&born, sex(&banner.sex), number].join(" · ");
    let mut said = marks(banner);
    said.extend(banner.allergies.iter().flat_map(|allergies| allergy_lines(allergies, zone)));
    let number = if banner.mrn.is_empty() { String::new() } else { wristband::code(&banner.mrn) };
    Head { name, facts, said, number }
}

/// What must be seen of whoever it is.
fn marks(banner: &Banner) -> Vec<Said> {
    let marks = [
        (banner.deceased, "DECEASED"),
        (banner.test, "TEST PATIENT: not a real person"),
        (banner.merged_into.is_some(), "MERGED: another record goes on in this one's place"),
        (banner.inactive.is_some(), "RECORD NOT IN USE ANY MORE"),
        (banner.provisional.is_some(), "REGISTERED IN HASTE: identity not confirmed"),
    ];
    let strong = |(_, words): (bool, &str)| Said { text: words.to_owned(), strong: true };
    marks.into_iter().filter(|(set, _)| *set).map(strong).collect()
}

/// The five states, never two of them alike: severe, mild, intolerance, none known, not recorded.
pub fn allergy_lines(allergies: &AllergyBanner, zone: &Zone) -> Vec<Said> {
    let strong = |text: String| Said { text, strong: true };
    let plain = |text: String| Said { text, strong: false };
    match allergies {
        AllergyBanner::Recorded { severe, mild, intolerances } => {
            let severe = severe.iter().map(|what| strong(format!("SEVERE ALLERGY: {what}")));
            let mild = mild.iter().map(|what| plain(format!("Allergy: {what}")));
            let intolerances = intolerances.iter().map(|what| plain(format!("Intolerance (no allergy): {what}")));
            severe.chain(mild).chain(intolerances).collect()
        }
        AllergyBanner::NoneKnown { confirmed, by } => {
            let when = confirmed.as_deref().map_or_else(|| "date not recorded".to_owned(), |date| day(date, zone));
            let who = by.as_deref().unwrap_or("person not recorded");
            vec![plain(format!("No known allergies: asked and confirmed ({when}, {who})"))]
        }
        AllergyBanner::NotRecorded => vec![strong("ALLERGIES NOT RECORDED: nobody has asked yet".to_owned())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_with_the_month_in_letters_as_far_as_they_are_known() {
        let zone = Zone::named("America/New_York").unwrap();
        for (iso, written) in [
            ("1968-04-02", "2 Apr 1968"),
            ("1968-04", "Apr 1968"),
            ("1968", "1968"),
            ("2026-11-23T00:30:00Z", "22 Nov 2026"),
            ("1968-13-01", "1968-13-01"),
            ("about 1968", "about 1968"),
        ] {
            assert_eq!(day(iso, &zone), written);
        }
        assert_eq!(time_of("2026-11-23T00:30:00Z", &zone), "19:30");
        assert_eq!(moment(instants::read("2026-11-23T00:30:00Z").unwrap(), &zone), "22 Nov 2026, 19:30");
    }

    #[test]
    fn no_two_states_of_allergies_read_alike() {
        let zone = Zone::named("UTC").unwrap();
        let recorded = |severe: &[&str], mild: &[&str], intolerances: &[&str]| {
            let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
            AllergyBanner::Recorded { severe: owned(severe), mild: owned(mild), intolerances: owned(intolerances) }
        };
        let confirmed = AllergyBanner::NoneKnown { confirmed: Some("2026-01-02".into()), by: Some("N. Kim".into()) };
        let lines: Vec<(String, bool)> = [
            recorded(&["Latex"], &[], &[]),
            recorded(&[], &["Latex"], &[]),
            recorded(&[], &[], &["Latex"]),
            confirmed,
            AllergyBanner::NotRecorded,
        ]
        .iter()
        .flat_map(|one| allergy_lines(one, &zone))
        .map(|said| (said.text, said.strong))
        .collect();
        let expected = [
            ("SEVERE ALLERGY: Latex", true),
            ("Allergy: Latex", false),
            ("Intolerance (no allergy): Latex", false),
            ("No known allergies: asked and confirmed (2 Jan 2026, N. Kim)", false),
            ("ALLERGIES NOT RECORDED: nobody has asked yet", true),
        ];
        assert_eq!(lines, expected.map(|(words, strong)| (words.to_owned(), strong)));
    }
}
