//! Open a chart: the banner and the sections that role, care team and keys allow; nothing else is decrypted.

use super::chart_views::{ChartItems, banner_of, contact_of, insurance_of, national_id_of};
use super::clinical::charting::shown_label;
use super::desk::{Desk, OpenedPatient};
use super::error::{Code, Failure};
use super::open_items::OpenedItem;
use super::perform::{Action, Prepared, Touched};
use super::schedule::follow_mistakes;
use super::sealing::{Writing, clear_index, truth_of};
use super::views::{ChartRights, ChartView, TaskView};
use crate::audit::Purpose;
use crate::crypt::index;
use crate::keys::forms;
use crate::policy::Right;
use crate::record::{Compartment, Content, Section};
use crate::store::{find, find_documents};
use bson::{Document, doc};
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Whose chart.
#[derive(Deserialize, ts_rs::TS)]
pub struct OpenChart {
    /// Patient id.
    pub patient: Uuid,
}

/// The sections of items that a chart shows.
const ITEMS: [Section; 17] = [
    Section::Appointments,
    Section::Problems,
    Section::Medications,
    Section::Administrations,
    Section::Allergies,
    Section::Observations,
    Section::Notes,
    Section::Encounters,
    Section::Immunizations,
    Section::Procedures,
    Section::Reports,
    Section::Referrals,
    Section::CarePlans,
    Section::Tasks,
    Section::Documents,
    Section::FrontDocuments,
    Section::Restricted,
];

impl Action for OpenChart {
    type Output = ChartView;
    const NAME: &'static str = "open_chart";

    /// A chart opens for whoever may see how to reach the patient: clinicians on the care team, and the front desk.
    fn right(&self) -> Right {
        Right::View(Section::Contact)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<ChartView>, Failure> {
        desk.refuse_unidentified(self.patient)?;
        let sections: Vec<Section> = ITEMS.into_iter().filter(|section| desk.may_view(*section)).collect();
        // Beside the contact lie the directives, of which the banner tells.
        let read = [sections.as_slice(), &[Section::Contact]].concat();
        // None of these waits for another: a server far away is asked for all at once.
        let (patient, items, kept) = tokio::join!(
            desk.patient(self.patient, &Section::OF_PATIENT),
            desk.all_items(self.patient, &read),
            desk.count_kept(self.patient)
        );
        let patient = patient?;
        if !patient.opened.contains(&Section::Identity) {
            // Nobody reads a chart without seeing whose it is: the grant that should be there is gone.
            return Err(Code::KeysDamaged.bare());
        }
        let ((mut items, mut damaged), kept) = (items?, kept?);
        if !patient.record.identity.absorbed.is_empty() {
            let (of_others, refused) = desk.absorbed_items(&patient, &read).await?;
            items.extend(of_others);
            damaged += refused;
        }
        let mut opened: Vec<Section> = patient.opened.iter().copied().collect();
        opened.extend(&sections);
        let mut writing = Writing::default();
        let corrected = desk.settle_mistakes(&mut writing, self.patient, &items).await?;
        let shown = items.iter().map(|item| (item.checked.id, item.checked.rev));
        let shown = std::iter::once((self.patient, patient.checked.rev)).chain(shown).collect();
        // What was entered in error is followed and not shown.
        let items: Vec<OpenedItem> = items.into_iter().filter(|one| one.item.counts()).collect();
        let count = 1 + items.len() as u64;
        let touched = Touched { count, sections: opened, damaged: damaged > 0, shown, ..Touched::default() };
        desk.fold_in(&mut writing, &patient).await?;
        let heads = std::mem::take(&mut writing.heads);
        let writes = writing.commands(desk)?;
        desk.recent.opened(self.patient);
        let mut output = view_of(desk, &patient, items, &sections);
        (output.damaged_items, output.kept) = (damaged, kept);
        let mut touched = vec![touched];
        touched.extend(corrected.into_iter().map(|record| Touched {
            record: Some(record),
            sections: vec![Section::Encounters],
            count: 1,
            detail: Some("visit_corrected"),
            ..Touched::default()
        }));
        Ok(Prepared { output, touched, writes, heads })
    }
}

fn view_of(desk: &Desk<'_>, patient: &OpenedPatient, items: Vec<OpenedItem>, sections: &[Section]) -> ChartView {
    let opened = |section: Section| patient.opened.contains(&section);
    let labelled = items.iter().filter(|one| one.item.sensitive);
    let labels = labelled.map(|one| (one.checked.id, shown_label(one.item.label.clone()))).collect();
    let (tasks, items): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|one| matches!(one.item.content, Content::Task(_)));
    let mut tasks: Vec<TaskView> = tasks.into_iter().filter_map(|one| desk.task_view(one)).collect();
    tasks.sort_by(|a, b| (!a.overdue, &a.due, &a.made).cmp(&(!b.overdue, &b.due, &b.made)));
    let restricts =
        |one: &OpenedItem| matches!(&one.item.content, Content::Directives(all) if all.restrict(desk.day_of_clinic()));
    let restriction_on_file = items.iter().any(restricts);
    let items = ChartItems::sort(items, &patient.record, desk.asking.user);
    let shown = |section: Section| sections.contains(&section);
    ChartView {
        patient: patient.checked.id,
        handle: Uuid::nil(),
        restriction_on_file,
        banner: banner_of(&patient.record, desk.today(), shown(Section::Allergies).then_some(&items)),
        may: ChartRights {
            edit_problems: desk.may(Right::Edit(Section::Problems)),
            edit: Section::ALL.into_iter().filter(|section| desk.may_edit(*section)).collect(),
            verbal_orders: desk.may(Right::RecordVerbalOrders),
            request_refills: desk.may(Right::RequestRefills),
            give: desk.may(Right::RecordAdministration),
            sign_results: desk.may(Right::SignResults),
            enter_national_id: desk.may_enter_national_id(patient.record.identity.national_id_on_file),
            reveal_national_id: desk.may(Right::RevealNationalId),
        },
        contact: opened(Section::Contact).then(|| contact_of(&patient.record)),
        insurance: opened(Section::Insurance).then(|| insurance_of(&patient.record)),
        national_id: national_id_of(desk, patient),
        appointments: shown(Section::Appointments).then_some(items.appointments),
        problems: shown(Section::Problems).then_some(items.problems),
        medications: shown(Section::Medications).then_some(items.medications),
        administrations: shown(Section::Administrations).then_some(items.administrations),
        allergies: shown(Section::Allergies).then_some(items.allergies),
        observations: shown(Section::Observations).then_some(items.observations),
        notes: shown(Section::Notes).then_some(items.notes),
        encounters: shown(Section::Encounters).then_some(items.encounters),
        refills: shown(Section::Medications).then_some(items.refills),
        colleagues: if shown(Section::Tasks) { desk.colleagues() } else { Vec::new() },
        tasks: shown(Section::Tasks).then_some(tasks),
        other: shown(Section::Procedures).then_some(items.other),
        documents: shown(Section::FrontDocuments).then_some(items.documents),
        labels: shown(Section::Restricted).then_some(labels),
        kept: None,
        damaged_items: 0,
    }
}

impl Desk<'_> {
    /// One patient with those of `wanted` that may be viewed; the index is checked against the sections.
    pub(super) async fn patient(&self, id: Uuid, wanted: &[Section]) -> Result<OpenedPatient, Failure> {
        self.patient_with(id, wanted, &[]).await
    }

    /// As [`Desk::patient`], with the stored bytes of sections that are to be replaced, unopened.
    pub(super) async fn patient_with(
        &self,
        id: Uuid,
        wanted: &[Section],
        replaced: &[Section],
    ) -> Result<OpenedPatient, Failure> {
        let sections: Vec<Section> = wanted.iter().copied().filter(|section| self.may_view(*section)).collect();
        let mut projection = doc! { "rev": 1, "head": 1, "i": 1, "__safeContent__": 1 };
        let fetched = sections.iter().chain(replaced);
        projection.extend(fetched.map(|section| (format!("s.{}", section.code()), 1.into())));
        let command = find(&self.site.stored_in("patients"), doc! { "_id": forms::uuid_bson(id) }, Some(projection));
        let (patients, compartments) = (BTreeSet::from([id]), self.compartments_held(&sections));
        let (found, keys) = tokio::join!(self.find_encrypted(&command), self.patient_keys(&patients, &compartments));
        let opened = self.open_with(self.check("patients", found?)?, &sections, &keys?).pop();
        let patient = opened.ok_or_else(|| Code::NotFound.bare())??;
        self.check_index(&patient)?;
        Ok(patient)
    }

    /// The searchable copies must say what the sections say; who can't open both sections can't tell.
    fn check_index(&self, patient: &OpenedPatient) -> Result<(), Failure> {
        let both = [Section::Identity, Section::Contact].iter().all(|section| patient.opened.contains(section));
        if !both {
            return Ok(());
        }
        self.check_index_hash(patient, &clear_index(&patient.record))?;
        let (truth, untold) = truth_of(patient);
        let crypt = &self.keys.crypt;
        let checked = index::verify(crypt, &patient.checked.raw, (&truth, untold), |name| self.keys.key_id(name));
        checked.map_err(|fault| {
            tracing::error!(%fault, record = %patient.checked.id, "an index is damaged");
            Code::Damaged.bare()
        })
    }

    /// The items of these sections that count, opened; and how many were damaged.
    pub(super) async fn items(&self, patient: Uuid, sections: &[Section]) -> Result<(Vec<OpenedItem>, u64), Failure> {
        let (mut items, damaged) = self.all_items(patient, sections).await?;
        items.retain(|one| one.item.counts());
        Ok((items, damaged))
    }

    /// As [`Desk::items`], with those that were entered in error. Encounters are read with the visits that they follow, so
    /// that one whose visit was corrected counts nowhere.
    pub(super) async fn all_items(
        &self,
        patient: Uuid,
        sections: &[Section],
    ) -> Result<(Vec<OpenedItem>, u64), Failure> {
        if sections.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let visits = sections.contains(&Section::Encounters) && self.may_view(Section::Appointments);
        let beside = (visits && !sections.contains(&Section::Appointments)).then_some(Section::Appointments);
        let read: Vec<Section> = sections.iter().copied().chain(beside).collect();
        let compartments: BTreeSet<Compartment> = read.iter().map(|section| section.compartment()).collect();
        let patients = BTreeSet::from([patient]);
        let (found, keys) = tokio::join!(
            find_documents(self.store, "items", filter_of(patient, &read), None),
            self.patient_keys(&patients, &compartments)
        );
        let (mut items, damaged) = self.open_items(patient, found?, &keys?).await?;
        follow_mistakes(&mut items);
        items.retain(|one| beside != Some(one.item.section()));
        Ok((items, damaged))
    }

    /// How many are kept and not shown, for who may know.
    async fn count_kept(&self, patient: Uuid) -> Result<Option<u64>, Failure> {
        if !self.may_view(Section::Kept) {
            return Ok(None);
        }
        let filter = filter_of(patient, &[Section::Kept]);
        Ok(Some(find_documents(self.store, "items", filter, Some(doc! { "_id": 1 })).await?.len() as u64))
    }
}

pub(super) fn filter_of(patient: Uuid, sections: &[Section]) -> Document {
    let codes: Vec<&str> = sections.iter().map(|section| section.code()).collect();
    doc! { "patient": forms::uuid_bson(patient), "section": { "$in": codes } }
}
