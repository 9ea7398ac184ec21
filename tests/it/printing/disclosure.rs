//! Nothing leaves the clinic past what a patient has said about who may be told: previews, prints, files, copies.

use super::*;
use crate::front_desk::{Monday, monday};
use crate::guard_loot::Stolen;
use crate::world::{in_record, sign_in};
use serde_json::{Value, json};
use wardseal::clock::Timestamp;
use wardseal::record::{Content, Referral};

const RECIPIENTS: [&str; 8] =
    ["patient", "health_plan", "another_clinician", "family", "employer", "legal", "research", "clinic"];
const PURPOSES: [&str; 4] = ["treatment", "patient_request", "payment", "operations"];
/// What a doctor's paper holds of what a directive can be about; the first is what it is called itself.
const HOLDS: [(&str, &[&str]); 4] = [
    ("visit_summary", &["visits", "drug_list", "referral_letters"]),
    ("medication_list", &["drug_list"]),
    ("referral_letter", &["referral_letters", "drug_list"]),
    ("patient_copy", &["whole_record", "visits", "drug_list", "referral_letters"]),
];

/// Kind, recipient, purpose, part.
type Said = (&'static str, &'static str, &'static str, &'static str);

fn terms(kind: &str, to: &str, purpose: &str, part: &str) -> Value {
    json!({
        "kind": kind, "to": to, "purpose": purpose, "part": part, "from": "2026-11-20", "until": "2026-12-31",
        "why": "agreed", "way": "paper_signed",
    })
}

/// As whoever holds the seat.
async fn note(world: &mut World, patient: Uuid, terms: Value) -> String {
    let noted = in_record(&mut world.seat, "note_directive", json!({ "patient": patient, "terms": terms }));
    noted.await.unwrap()["list"][0]["directive"]["id"].as_str().unwrap().to_owned()
}

async fn end(world: &mut World, patient: Uuid, id: &str) {
    let args = json!({ "patient": patient, "id": id, "reason": "patient_said" });
    in_record(&mut world.seat, "end_directive", args).await.unwrap();
}

fn ordered(patient: Uuid, document: &str, to: &str, purpose: &str) -> Value {
    json!({
        "document": document, "patient": patient, "visit": null, "purpose": purpose, "for_whom": to, "paper": "letter",
    })
}

/// Whether it is made, or refused for what the patient has said; nothing else may come.
async fn is_made(world: &mut World, order: Value) -> bool {
    match world.seat.dispatch("preview_print", order.clone()).await {
        Ok(view) => {
            assert!(!view["pages"].as_array().unwrap().is_empty());
            true
        }
        Err(failure) => {
            assert_eq!(failure.code, Code::RestrictedDisclosure, "{order}");
            false
        }
    }
}

/// What the auditor reads of what left, and of what didn't.
fn told(world: &World) -> Vec<Event> {
    world.audited().into_iter().filter(|event| event.recipient.is_some()).collect()
}

/// Anna as she is known by heart, with a referral; a doctor is at the seat.
async fn with_referral() -> (World, Uuid) {
    let mut world = World::new().await;
    let (record, mut items, _) = known_by_heart("Smith");
    let letter = json!({ "to": "Cardiology", "reason": "Murmur", "priority": "routine", "status": "active" });
    items.push(Item::new(Content::Referral(serde_json::from_value::<Referral>(letter).unwrap())));
    world.register(vec![(record, items), (patient("Smith", "Bea", "1990"), vec![])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith, anna").await;
    (world, anna)
}

/// The rule, written a second time: by words, from the text of the regulation and not from the program.
fn may_leave(directives: &[Said], document: &str, to: &str, purpose: &str) -> bool {
    if to == "patient" || to == "clinic" {
        return true;
    }
    let holds = HOLDS.iter().find(|(name, _)| *name == document).unwrap().1;
    let names = |named: &str| named == to || named == "anyone";
    let is_for = |named: &str| named == "any" || named == purpose;
    let stands = |(kind, named, aim, part): &&Said| {
        *kind == "restriction"
            && names(named)
            && (is_for(aim) || purpose == "patient_request")
            && (*part == "whole_record" || holds.contains(part))
    };
    if directives.iter().any(|one| stands(&one)) {
        return false;
    }
    let usual = matches!((to, purpose), ("health_plan", "payment") | ("another_clinician", "treatment"));
    let signed = |(kind, named, aim, part): &Said| {
        *kind == "authorization" && names(named) && is_for(aim) && (*part == "whole_record" || *part == holds[0])
    };
    usual || to == "family" || directives.iter().any(signed)
}

#[tokio::test]
async fn who_gets_which_paper_for_what_is_as_the_patient_has_said_and_as_the_rule_allows_unasked() {
    let (mut world, anna) = with_referral().await;
    for said in [
        None,
        Some(("restriction", "health_plan", "any", "visits")),
        Some(("restriction", "another_clinician", "treatment", "drug_list")),
        Some(("restriction", "family", "any", "referral_letters")),
        Some(("restriction", "anyone", "any", "whole_record")),
        Some(("restriction", "health_plan", "operations", "whole_record")),
        Some(("authorization", "employer", "any", "visits")),
        Some(("authorization", "health_plan", "operations", "whole_record")),
    ] {
        let id = match said {
            Some((kind, to, purpose, part)) => Some(note(&mut world, anna, terms(kind, to, purpose, part)).await),
            None => None,
        };
        let all: Vec<_> = said.into_iter().collect();
        for (document, _) in HOLDS {
            for to in RECIPIENTS {
                for purpose in PURPOSES {
                    let made = is_made(&mut world, ordered(anna, document, to, purpose)).await;
                    assert_eq!(made, may_leave(&all, document, to, purpose), "{said:?}: {document}, {to}, {purpose}");
                }
            }
        }
        if let Some(id) = id {
            end(&mut world, anna, &id).await;
        }
    }
}

/// The same dice give the same directives and orders.
struct Dice(u64);

impl Dice {
    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all[(self.0 >> 33) as usize % all.len()]
    }
}

#[tokio::test]
async fn no_order_that_a_restriction_fits_ever_yields_a_page() {
    let (mut world, anna) = with_referral().await;
    let mut dice = Dice(164_522);
    let mut stand: Vec<(String, Said)> = vec![];
    let (mut made, mut refused) = (0, 0);
    for _ in 0..60 {
        let kind = dice.one_of(&["restriction", "authorization"]);
        let to = match kind {
            "restriction" => dice.one_of(&["health_plan", "another_clinician", "family", "employer", "anyone"]),
            _ => dice.one_of(&["health_plan", "another_clinician", "employer", "legal", "research"]),
        };
        let purposed = ["health_plan", "another_clinician", "anyone"].contains(&to);
        let purpose = if purposed { dice.one_of(&["any", "treatment", "payment", "operations"]) } else { "any" };
        let part = dice.one_of(&["whole_record", "visits", "drug_list", "referral_letters", "attachments"]);
        let id = note(&mut world, anna, terms(kind, to, purpose, part)).await;
        stand.push((id, (kind, to, purpose, part)));
        if stand.len() > 3 {
            let gone = dice.one_of(&[0_usize, 1, 2]);
            let (id, _) = stand.remove(gone);
            end(&mut world, anna, &id).await;
        }
        let all: Vec<_> = stand.iter().map(|(_, one)| *one).collect();
        for _ in 0..12 {
            let (document, to) = (dice.one_of(&HOLDS).0, dice.one_of(&RECIPIENTS[1..7]));
            let purpose = dice.one_of(&PURPOSES);
            let page = is_made(&mut world, ordered(anna, document, to, purpose)).await;
            assert_eq!(page, may_leave(&all, document, to, purpose), "{all:?}: {document}, {to}, {purpose}");
            (made, refused) = if page { (made + 1, refused) } else { (made, refused + 1) };
        }
    }
    assert!(made > 50 && refused > 200, "{made} made, {refused} refused");
}

#[tokio::test]
async fn what_was_paid_in_full_is_kept_from_the_health_plan_on_every_way_out_and_the_audit_says_why() {
    let (mut world, anna) = with_referral().await;
    sign_in(&mut world.seat, "lopez").await;
    let mut paid = terms("restriction", "health_plan", "any", "visits");
    paid["why"] = json!("paid_in_full");
    note(&mut world, anna, paid).await;
    sign_in(&mut world.seat, "osei").await;
    let order: PrintOrder = serde_json::from_value(ordered(anna, "visit_summary", "health_plan", "payment")).unwrap();
    let preview = world.seat.perform(PreviewPrint(order.clone())).await.err().unwrap();
    let print = world.seat.perform(PrintPages(order.clone())).await.err().unwrap();
    let file = saved(&mut world, order).await.err().unwrap();
    assert!(!world.folder.path().join("kept.pdf").exists());
    for failure in [preview, print, file] {
        assert_eq!(failure.code, Code::RestrictedDisclosure);
        assert_eq!((&failure.fields["to"], &failure.fields["may_override"]), (&json!("health_plan"), &json!(false)));
        let words = json!({ "kind": "restriction", "to": "health_plan", "purpose": "any", "part": "visits",
            "why": "paid_in_full" });
        assert_eq!(failure.fields["directive"], words);
    }
    let drugs = ordered(anna, "medication_list", "health_plan", "payment");
    assert!(is_made(&mut world, drugs).await, "another part of the record isn't restricted");
    let own = ordered(anna, "visit_summary", "patient", "patient_request");
    let printed = world.seat.dispatch("print", own).await.unwrap().to_string();
    assert!(printed.contains("For the patient"));
    world.seat.sign_out().await.unwrap();
    let rows = told(&world);
    let denied: Vec<&Event> = rows.iter().filter(|row| row.outcome == Outcome::Denied).collect();
    let actions: Vec<&str> = denied.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["preview_print", "print", "save_print"]);
    for row in denied {
        assert_eq!(row.policy_row.as_str(), "restriction.paid_in_full");
        assert_eq!(row.detail.as_ref().unwrap().as_str(), "restricted_disclosure");
        assert_eq!((row.patient, row.count, row.purpose), (Some(anna), 0, Purpose::Payment));
        assert_eq!(row.recipient.as_ref().unwrap().as_str(), "health_plan");
    }
    let last = rows.last().unwrap();
    assert_eq!((last.outcome, last.recipient.as_ref().unwrap().as_str()), (Outcome::Allowed, "patient"));
}

#[tokio::test]
async fn an_employer_gets_nothing_until_the_patient_has_signed_and_then_what_was_signed_for() {
    let (mut world, anna) = with_referral().await;
    let refused = world.seat.dispatch("print", ordered(anna, "visit_summary", "employer", "operations")).await;
    let refused = refused.err().unwrap();
    assert_eq!((refused.code, &refused.fields["why"]), (Code::RestrictedDisclosure, &json!("authorization.missing")));
    assert!(!refused.fields.contains_key("directive"));
    note(&mut world, anna, terms("authorization", "employer", "any", "visits")).await;
    let made = world.seat.dispatch("print", ordered(anna, "visit_summary", "employer", "operations")).await.unwrap();
    assert!(made.to_string().contains("For the employer"));
    for (document, to) in [("patient_copy", "employer"), ("visit_summary", "legal"), ("visit_summary", "research")] {
        assert!(!is_made(&mut world, ordered(anna, document, to, "operations")).await, "{document} for {to}");
    }
    let label = world.seat.dispatch("print", ordered(anna, "label", "family", "operations")).await.err().unwrap();
    assert_eq!(
        (label.code, &label.fields["field"]),
        (Code::Invalid, &json!("for_whom")),
        "labels are the clinic's own"
    );
}

#[tokio::test]
async fn a_restriction_holds_from_the_first_to_the_last_minute_of_its_days_where_the_clinic_is() {
    // The receptionist's copy holds address, insurance and visits.
    let Monday { mut world, anna, .. } = monday().await;
    let mut days = terms("restriction", "family", "any", "visits");
    (days["from"], days["until"]) = (json!("2026-11-24"), json!("2026-11-25"));
    note(&mut world, anna, days).await;
    let order = || ordered(anna, "patient_copy", "family", "patient_request");
    for (at, made) in [
        ("2026-11-24T04:59:59Z", true),
        ("2026-11-24T05:00:00Z", false),
        ("2026-11-26T04:59:59Z", false),
        ("2026-11-26T05:00:00Z", true),
    ] {
        let at: jiff::Timestamp = at.parse().unwrap();
        world.clock.set_wall(Timestamp(at.as_millisecond()));
        sign_in(&mut world.seat, "lopez").await;
        assert_eq!(is_made(&mut world, order()).await, made, "{at}");
    }
}

#[tokio::test]
async fn the_desks_copy_holds_no_list_of_drugs_so_a_restriction_of_that_list_leaves_it_alone() {
    let (mut world, anna) = with_referral().await;
    sign_in(&mut world.seat, "lopez").await;
    note(&mut world, anna, terms("restriction", "family", "any", "drug_list")).await;
    assert!(is_made(&mut world, ordered(anna, "patient_copy", "family", "patient_request")).await);
    sign_in(&mut world.seat, "osei").await;
    assert!(!is_made(&mut world, ordered(anna, "patient_copy", "family", "patient_request")).await);
}

async fn nothing_leaves_but_to_herself(world: &mut World, anna: Uuid) {
    let order = ordered(anna, "medication_list", "health_plan", "payment");
    assert_eq!(world.seat.dispatch("print", order).await.err().unwrap().code, Code::Damaged);
    let own = ordered(anna, "medication_list", "patient", "patient_request");
    assert!(world.seat.dispatch("print", own).await.is_ok(), "the patient can always have the own record");
}

#[tokio::test]
async fn what_can_not_be_read_any_more_or_is_gone_lets_nothing_out_but_to_the_patient() {
    let (mut world, anna) = with_referral().await;
    note(&mut world, anna, terms("restriction", "family", "any", "visits")).await;
    let item = Uuid::new_v5(&anna, b"wardseal/directives");
    let stolen = Stolen::open(&world.home());
    let (seq, whole) = stolen.document("items", item);
    let mut flipped = whole.clone();
    let value = flipped.get_document_mut("s").unwrap().get_mut("value").unwrap();
    let bson::Bson::Binary(sealed) = value else { panic!("it is sealed") };
    *sealed.bytes.last_mut().unwrap() ^= 1;
    stolen.overwrite(seq, &flipped);
    nothing_leaves_but_to_herself(&mut world, anna).await;
    stolen.remove(seq);
    nothing_leaves_but_to_herself(&mut world, anna).await;
}

#[tokio::test]
async fn what_was_said_under_another_number_of_the_same_person_counts_after_the_merge() {
    let (mut world, anna) = with_referral().await;
    let bea = world.find("smith, bea").await;
    sign_in(&mut world.seat, "lopez").await;
    note(&mut world, bea, terms("restriction", "family", "any", "whole_record")).await;
    let merge = json!({ "patient": anna, "merged": bea, "reason": "one person" });
    in_record(&mut world.seat, "merge_patients", merge).await.unwrap();
    let read = world.seat.dispatch("directives", json!({ "patient": anna })).await.unwrap();
    assert_eq!(read["list"][0]["elsewhere"], json!(bea));
    assert!(!is_made(&mut world, ordered(anna, "patient_copy", "family", "patient_request")).await);
    // The other way round: from the record that ended, by what was said under the one that goes on.
    note(&mut world, anna, terms("restriction", "health_plan", "any", "whole_record")).await;
    assert!(!is_made(&mut world, ordered(bea, "patient_copy", "health_plan", "payment")).await);
    assert!(is_made(&mut world, ordered(bea, "patient_copy", "patient", "patient_request")).await);
}

#[tokio::test]
async fn in_an_emergency_a_clinician_passes_a_restriction_for_another_one_with_a_reason_and_nobody_else_does() {
    let (mut world, anna) = with_referral().await;
    note(&mut world, anna, terms("restriction", "anyone", "any", "whole_record")).await;
    let urgent = |to: &str, purpose: &str| {
        let mut order = ordered(anna, "medication_list", to, purpose);
        order["emergency"] = json!("cannot_be_asked");
        order
    };
    let plain = ordered(anna, "medication_list", "another_clinician", "treatment");
    let refused = world.seat.dispatch("print", plain).await.err().unwrap();
    assert_eq!(refused.fields["may_override"], json!(true));
    for user in ["osei", "kim"] {
        sign_in(&mut world.seat, user).await;
        let made = world.seat.dispatch("print", urgent("another_clinician", "treatment")).await.unwrap().to_string();
        assert!(made.contains("for emergency treatment alone") && made.contains("don't use or disclose it further"));
        for (to, purpose) in [("health_plan", "payment"), ("family", "treatment"), ("another_clinician", "operations")]
        {
            assert!(!is_made(&mut world, urgent(to, purpose)).await, "{user} for {to}");
        }
    }
    sign_in(&mut world.seat, "lopez").await;
    let mut copy = urgent("another_clinician", "treatment");
    copy["document"] = json!("patient_copy");
    let refused = world.seat.dispatch("print", copy).await.err().unwrap();
    assert_eq!((refused.code, &refused.fields["may_override"]), (Code::RestrictedDisclosure, &json!(false)));
    world.seat.sign_out().await.unwrap();
    let rows = told(&world);
    let overrides: Vec<&Event> = rows.iter().filter(|row| row.policy_row.as_str() == "restriction_override").collect();
    assert_eq!(overrides.len(), 2);
    for row in overrides {
        assert_eq!((row.action.as_str(), row.patient), ("print", Some(anna)));
        assert_eq!(row.detail.as_ref().unwrap().as_str(), "cannot_be_asked");
        assert_eq!(row.from.as_ref().unwrap().as_str(), "restriction.agreed");
        assert_eq!(row.recipient.as_ref().unwrap().as_str(), "another_clinician");
    }
}

#[tokio::test]
async fn an_emergency_stands_for_no_authorization_and_leaves_no_row_where_nothing_was_restricted() {
    let (mut world, anna) = with_referral().await;
    let mut order = ordered(anna, "medication_list", "another_clinician", "treatment");
    order["emergency"] = json!("life_threatening");
    assert!(is_made(&mut world, order).await);
    let mut order = ordered(anna, "medication_list", "legal", "treatment");
    order["emergency"] = json!("life_threatening");
    assert!(!is_made(&mut world, order).await);
    world.seat.sign_out().await.unwrap();
    assert!(world.audited().iter().all(|row| row.policy_row.as_str() != "restriction_override"));
}
