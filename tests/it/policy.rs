//! Who may do what, as a whole: the table cell by cell, the page printed from it, and the default.

use std::path::Path;
use wardseal::policy::{
    Decision, Denial, Grant, Relationship, Right, Role, Standing, TABLE, VERSION, decide, fingerprint,
    permissions_markdown,
};
use wardseal::record::Section;

/// One line a right: doctor, nurse, front desk, administrator, auditor, import. A always, T on the care team, E so with the extra right, - never.
const SNAPSHOT: &str = "\
find_patients                AAA---
register_patients            AAA---
merge_patients               --A---
view:identity                AAA---
edit:identity                TTA--A
view:contact                 TTA---
edit:contact                 TTA--A
view:photo                   TTA---
edit:photo                   TTA--A
view:front_documents         TTA---
edit:front_documents         TTA--A
view:front_document_pages    TTA---
edit:front_document_pages    TTA--A
view:insurance               T-A---
edit:insurance               T-A--A
view:national_id             T-----
edit:national_id             T----A
enter_national_id            T-A---
see_national_id_on_file      T-A---
last_four_of_national_id     T-----
reveal_national_id           T-----
find_by_national_id          A-----
view:summary                 TT----
edit:summary                 TT---A
view:problems                TT----
edit:problems                T----A
view:medications             TT----
edit:medications             T----A
record_administration        -T----
view:administrations         TT----
edit:administrations         -T---A
record_verbal_orders         -T----
request_refills              TT----
check_interactions           TT----
view:allergies               TT----
edit:allergies               TT---A
view:observations            TT----
edit:observations            TT---A
sign_results                 T-----
view:tasks                   TT----
edit:tasks                   TT---A
view_worklist                AA----
view:notes                   TT----
edit:notes                   TT---A
view:encounters              TT----
edit:encounters              TT---A
view:immunizations           TT----
edit:immunizations           TT---A
view:procedures              TT----
edit:procedures              T----A
view:reports                 TT----
edit:reports                 T----A
view:referrals               TT----
edit:referrals               T----A
view:documents               TT----
edit:documents               TT---A
view:document_pages          TT----
edit:document_pages          TT---A
view:care_plans              TT----
edit:care_plans              TT---A
view:kept                    TT----
edit:kept                    -----A
view:restricted              EE----
edit:restricted              EE---A
view:hidden_ingredients      TT----
edit:hidden_ingredients      -----A
break_glass                  AA----
override_restriction         TT----
find_cohorts                 A-----
view_schedule                AAA---
view:appointments            TTA---
edit:appointments            T-A--A
book_appointments            T-A---
check_in                     TTA---
set_schedule                 ---A--
send_reminders               --A---
view:directory               AAA---
edit:directory               -----A
search_knowledge             AA----
curate_knowledge             ---A--
read_audit                   ----A-
read_panel_audit             T-----
read_own_audit               AAAAA-
administer_users             ---A--
confirm_grants               AAA-A-
change_own_password          AAAAAA
keep_drafts                  AAAAA-
use_recovery                 ---A--
erase_records                A--AA-
hold_records                 A--AA-
archive_records              --A---
import_records               -----A
tend_store                   A----A
check_store                  A--AA-
order_rotation               ---A--
rotate_keys                  AAAAAA
view_status                  AAAAA-
xray_record                  T--A--
";

/// What `decide` makes of one cell, for both relationships.
fn letter(role: Role, right: Right) -> char {
    let alone = decide(role, right, Relationship::None);
    let together = decide(role, right, Relationship::CareTeam);
    let named = decide(Standing::of(role, true), right, Relationship::CareTeam);
    if together != named {
        return 'E';
    }
    match (alone, together) {
        (Decision::Allowed { .. }, Decision::Allowed { .. }) => 'A',
        (Decision::Denied { why: Denial::NotOnCareTeam, .. }, Decision::Allowed { .. }) => 'T',
        (Decision::Denied { why: Denial::NoRight, .. }, Decision::Denied { why: Denial::NoRight, .. }) => '-',
        _ => '?',
    }
}

#[test]
fn every_role_gets_of_every_right_exactly_what_the_snapshot_says() {
    let lines = TABLE.iter().map(|row| {
        let cells: String = Role::ALL.into_iter().map(|role| letter(role, row.right)).collect();
        format!("{:<28} {cells}\n", row.right.to_string())
    });
    assert_eq!(lines.collect::<String>(), SNAPSHOT);
}

#[test]
fn whoever_changes_the_table_raises_its_version() {
    let hex: String = fingerprint().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((VERSION, hex.as_str()), ("13", "ceb01988"));
}

#[test]
fn a_decision_names_the_row_it_comes_from() {
    for row in TABLE {
        for role in Role::ALL {
            assert_eq!(decide(role, row.right, Relationship::None).row(), row.name);
        }
    }
}

#[test]
fn what_no_row_allows_is_denied() {
    for right in Right::all() {
        for role in Role::ALL {
            let granted = TABLE
                .iter()
                .any(|row| row.right == right && !matches!(row.grant(role), Grant::Never | Grant::WithExtraRight));
            assert_eq!(decide(role, right, Relationship::CareTeam).is_allowed(), granted, "{right} {}", role.code());
        }
    }
}

#[test]
fn a_receptionist_may_enter_a_social_security_number_and_never_see_its_digits() {
    let may = |right| decide(Role::FrontDesk, right, Relationship::None).is_allowed();
    assert!(may(Right::EnterNationalId) && may(Right::SeeNationalIdOnFile));
    let digits = [Right::View(Section::NationalId), Right::LastFourOfNationalId, Right::RevealNationalId];
    assert!(digits.into_iter().all(|right| !may(right)));
}

#[test]
fn an_administrator_sees_no_section_and_confirms_no_grant() {
    let may = |right| decide(Role::Administrator, right, Relationship::CareTeam).is_allowed();
    assert!(Section::ALL.into_iter().all(|section| !may(Right::View(section)) && !may(Right::Edit(section))));
    assert!(!may(Right::FindPatients) && !may(Right::ConfirmGrants) && !may(Right::ReadAudit));
}

#[test]
fn the_printed_page_is_the_table() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/PERMISSIONS.md");
    if std::env::var_os("WARDSEAL_UPDATE").is_some() {
        std::fs::create_dir_all(page.parent().unwrap()).unwrap();
        std::fs::write(&page, permissions_markdown()).unwrap();
    }
    let stored = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(
        stored == permissions_markdown(),
        "docs/PERMISSIONS.md differs: WARDSEAL_UPDATE=1 cargo test --test it policy"
    );
}
