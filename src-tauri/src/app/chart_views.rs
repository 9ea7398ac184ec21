//! From opened sections to what the chart shows.

use super::desk::{Desk, OpenedPatient};
use super::instants::changed;
use super::observation_views::{self, Observed};
use super::open_items::OpenedItem;
use super::views::SeriesView;
use super::views::{
    AdministrationView, AllergyBanner, AllergyView, AppointmentView, Banner, ContactView, CoverageView, DocumentView,
    EncounterView, EntryView, MedicationView, NationalIdView, NoteView, ProblemView, ProvisionalView, RefillView,
};
use crate::policy::Right;
use crate::record::{
    AllergyStatement, Content, Note, NoteState, OrderState, PartialDate, PatientRecord, Problem, Referral, Section,
    last_four,
};
use uuid::Uuid;

/// The items of a chart by kind, each list in the order of the screen.
#[derive(Default)]
pub(super) struct ChartItems {
    pub appointments: Vec<AppointmentView>,
    pub problems: Vec<ProblemView>,
    pub medications: Vec<MedicationView>,
    pub administrations: Vec<AdministrationView>,
    pub allergies: Vec<AllergyView>,
    pub observations: Vec<SeriesView>,
    pub notes: Vec<NoteView>,
    pub encounters: Vec<EncounterView>,
    pub refills: Vec<RefillView>,
    pub other: Vec<EntryView>,
    pub documents: Vec<DocumentView>,
    /// For their letters; the chart lists them among the others.
    pub referrals: Vec<ReferralLetter>,
}

/// A referral as its letter needs it.
pub(super) struct ReferralLetter {
    pub item: Uuid,
    pub by: String,
    pub referral: Referral,
}

impl ChartItems {
    /// Sorts opened items into their lists.
    pub fn sort(items: Vec<OpenedItem>, patient: &PatientRecord, reader: Uuid) -> Self {
        let mut sorted = Self::default();
        let mut observed: Vec<Observed> = Vec::new();
        for opened in items {
            sorted.put(opened, patient, reader, &mut observed);
        }
        sorted.observations = observation_views::series(&observed);
        sorted.appointments.sort_by(|a, b| b.start.cmp(&a.start));
        sorted.problems.sort_by(|a, b| (rank(&a.problem), &a.problem.text).cmp(&(rank(&b.problem), &b.problem.text)));
        sorted.medications.sort_by(|a, b| (a.status != "active", &a.text).cmp(&(b.status != "active", &b.text)));
        sorted.allergies.sort_by(|a, b| {
            (a.criticality.as_deref() != Some("high"), &a.substance)
                .cmp(&(b.criticality.as_deref() != Some("high"), &b.substance))
        });
        sorted.administrations.sort_by(|a, b| b.at.cmp(&a.at));
        sorted.notes.sort_by(|a, b| b.at.cmp(&a.at));
        sorted.encounters.sort_by(|a, b| b.start.cmp(&a.start));
        sorted.refills.sort_by(|a, b| b.refill.asked.at.cmp(&a.refill.asked.at));
        sorted.other.sort_by(|a, b| b.at.cmp(&a.at));
        sorted.referrals.sort_by(|a, b| b.referral.at.cmp(&a.referral.at));
        sorted.documents.sort_by(|a, b| b.at.cmp(&a.at));
        sorted
    }

    fn put(&mut self, opened: OpenedItem, patient: &PatientRecord, reader: Uuid, observed: &mut Vec<Observed>) {
        let (item, rev) = (opened.checked.id, opened.checked.content_rev());
        let by = opened.item.author.clone().unwrap_or_default();
        let recorded = opened.item.recorded.clone().unwrap_or_default();
        let mut entry = |kind: &str, text: String, at: Option<String>, status: String| {
            self.other.push(EntryView { item, kind: kind.to_owned(), text, at, status, rev });
        };
        let here = opened.item.source.is_none();
        match opened.item.content {
            Content::Immunization(one) => entry("immunization", one.vaccine.text, one.at, one.status),
            Content::Procedure(one) => entry("procedure", one.code.text, one.at, one.status),
            Content::Report(one) => entry("report", one.code.text, one.at, one.status),
            Content::Imaging(one) => entry("imaging", one.code.text, one.at, one.status),
            Content::Referral(one) => {
                let text = format!("{}: {}", one.to, one.reason);
                entry("referral", text, one.at.clone(), one.status.clone());
                self.referrals.push(ReferralLetter { item, by, referral: one });
            }
            Content::CarePlan(one) => entry("care_plan", one.title, one.start, one.status),
            Content::Problem(problem) => {
                self.problems.push(ProblemView { item, rev, problem, changed: changed(&opened.checked.raw), by });
            }
            Content::Medication(one) => self.medications.push(MedicationView {
                item,
                rev,
                state: OrderState::of(&one),
                order: one.order,
                text: one.drug.text,
                dosage: one.dosage,
                status: one.status,
                ordered: one.ordered,
            }),
            Content::Administration(one) => self.administrations.push(AdministrationView {
                item,
                rev,
                given: one.given(),
                medication: one.medication,
                drug: one.drug,
                at: one.at,
                by,
                dose: one.dose,
                route: one.route,
                response: one.response,
                reaction: one.reaction,
                reason: one.reason,
                band_checked: one.band_checked,
                compared: one.compared,
            }),
            Content::Allergy(one) => self.allergies.push(AllergyView {
                item,
                rev,
                substance: one.substance.text,
                kind: one.kind,
                criticality: one.criticality,
                reaction: one.reaction,
                // What was refuted or entered in error is no allergy, whatever its status says.
                status: one
                    .verification
                    .filter(|word| word == "refuted" || word == "entered-in-error")
                    .unwrap_or(one.status),
            }),
            Content::Note(one) => {
                let (state, mine) = (NoteState::of(&one), opened.item.author_id == Some(reader));
                let Note { title, at, text, signing } = one;
                self.notes.push(NoteView { item, title, at, author: by, text, rev, state, mine, signing });
            }
            Content::Encounter(one) => self.encounters.push(EncounterView {
                item,
                start: one.start.unwrap_or(recorded),
                end: one.end,
                kind: if one.kind.text.is_empty() { one.class } else { one.kind.text },
                reason: one.reason,
                status: one.status,
                rev,
            }),
            Content::Appointment(one) => {
                self.appointments.push(appointment_view(item, opened.checked.patient, patient, one))
            }
            Content::Observation(one) => observed.push(Observed { item, rev, here, observation: one }),
            Content::Refill(refill) => self.refills.push(RefillView { item, rev, refill }),
            Content::Attachment(one) => self.documents.push(DocumentView {
                section: one.section(),
                item,
                rev,
                class: one.class,
                at: one.day.unwrap_or(recorded),
                title: one.title,
                pages: one.pages,
                incomplete: one.incomplete,
                by,
            }),
            // Shown by whoever knows the hour.
            Content::Task(_) => {}
            Content::Practitioner(_)
            | Content::Organization(_)
            | Content::Account(_)
            | Content::Amendments(_)
            | Content::Directives(_)
            | Content::Kept(_)
            | Content::HiddenIngredients(_)
            | Content::InteractionAnswer(_)
            | Content::Photo(_)
            | Content::AttachedPage(_) => {}
        }
    }
}

/// Active problems first, resolved ones last.
fn rank(problem: &Problem) -> u8 {
    match problem.clinical_status.as_str() {
        "active" | "recurrence" | "relapse" => 0,
        "inactive" | "remission" => 1,
        _ => 2,
    }
}

pub(super) fn appointment_view(
    item: Uuid,
    patient: Uuid,
    record: &PatientRecord,
    appointment: crate::record::Appointment,
) -> AppointmentView {
    let name = &record.identity.name;
    AppointmentView {
        item,
        patient,
        name: format!("{}, {}", name.surname.to_uppercase(), name.given_joined()),
        start: appointment.start,
        minutes: appointment.minutes,
        provider: appointment.provider,
        visit_type: appointment.visit_type,
        status: appointment.status,
    }
}

/// The banner; allergies only where they may be seen.
pub(super) fn banner_of(record: &PatientRecord, today: Option<PartialDate>, items: Option<&ChartItems>) -> Banner {
    let identity = &record.identity;
    Banner {
        surname: identity.name.surname.clone(),
        given: identity.name.given_joined(),
        birth_date: identity.birth_date.map(|date| date.to_string()),
        age: identity.birth_date.zip(today).and_then(|(born, today)| born.age_on(today)),
        sex: identity.sex.clone(),
        mrn: identity.mrn.clone(),
        deceased: identity.deceased,
        test: identity.test,
        vip: identity.vip,
        inactive: identity.inactive.clone(),
        provisional: identity.provisional.as_ref().map(|one| ProvisionalView {
            kind: one.kind.clone(),
            estimated_age: one.estimated_age,
            birth_order: one.birth_order,
            mother: one.mother.clone(),
        }),
        merged_into: identity.merged_into.as_ref().and_then(|merged| merged.record.parse().ok()),
        absorbed: identity.absorbed.len() as u64,
        allergies: items.map(|items| allergy_banner(&items.allergies, &record.summary.allergies)),
    }
}

/// The five states: recorded ones win over a statement that none is known; silence is never read as none.
fn allergy_banner(allergies: &[AllergyView], statement: &AllergyStatement) -> AllergyBanner {
    let active = || allergies.iter().filter(|one| one.status == "active");
    if active().next().is_none() {
        return match statement {
            AllergyStatement::NoneKnown { confirmed, by } => {
                AllergyBanner::NoneKnown { confirmed: confirmed.clone(), by: by.clone() }
            }
            AllergyStatement::NotRecorded => AllergyBanner::NotRecorded,
        };
    }
    let words = |one: &AllergyView| match &one.reaction {
        Some(reaction) => format!("{}: {reaction}", one.substance),
        None => one.substance.clone(),
    };
    let severe = |one: &&AllergyView| one.kind != "intolerance" && one.criticality.as_deref() == Some("high");
    AllergyBanner::Recorded {
        severe: active().filter(severe).map(words).collect(),
        mild: active().filter(|one| one.kind != "intolerance" && !severe(one)).map(words).collect(),
        intolerances: active().filter(|one| one.kind == "intolerance").map(words).collect(),
    }
}

pub(super) fn contact_of(record: &PatientRecord) -> ContactView {
    let contact = &record.contact;
    ContactView {
        phones: contact.phones.iter().map(|phone| phone.number.clone()).collect(),
        email: contact.email.clone(),
        addresses: contact.addresses.iter().map(crate::record::Address::one_line).collect(),
        emergency: contact.emergency.first().map(crate::record::EmergencyContact::one_line),
        language: contact.language.clone(),
    }
}

pub(super) fn insurance_of(record: &PatientRecord) -> Vec<CoverageView> {
    let view = |one: &crate::record::Coverage| CoverageView {
        carrier: one.carrier.clone(),
        policy: one.policy.clone(),
        group: one.group.clone(),
    };
    record.insurance.coverages.iter().map(view).collect()
}

/// That a number is on file, for those who may know; its last four digits, for those who may see them.
pub(super) fn national_id_of(desk: &Desk<'_>, patient: &OpenedPatient) -> Option<NationalIdView> {
    if !desk.may(Right::SeeNationalIdOnFile) {
        return None;
    }
    let opened = patient.opened.contains(&Section::NationalId) && desk.may(Right::LastFourOfNationalId);
    let ssn = patient.record.national_id.ssn.as_deref().filter(|_| opened);
    let last4 = ssn.and_then(|ssn| last_four(&ssn.chars().filter(char::is_ascii_digit).collect::<String>()));
    let on_file = if opened { ssn.is_some() } else { patient.record.identity.national_id_on_file };
    Some(NationalIdView { on_file, last4, revealed: None })
}
