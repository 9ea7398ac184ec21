//! Everything about a patient as a person, as far as the role may see it, ready to be changed.

use super::rewrite::rev_of;
use crate::app::desk::{Desk, OpenedPatient};
use crate::app::error::Failure;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{CorrectionView, DetailRights, DetailsView, MergedView, Standing};
use crate::audit::Purpose;
use crate::keys::{Signed, forms};
use crate::policy::Right;
use crate::record::entered::{EnteredContact, EnteredIdentity, EnteredInsurance};
use crate::record::{Address, Correction, Section, wristband};
use crate::store::find;
use bson::{Bson, doc};
use serde::Deserialize;
use uuid::Uuid;

/// Whose.
#[derive(Deserialize, ts_rs::TS)]
pub struct PatientDetails {
    /// Patient id.
    pub patient: Uuid,
}

impl Action for PatientDetails {
    type Output = DetailsView;
    const NAME: &'static str = "patient_details";

    fn right(&self) -> Right {
        Right::View(Section::Contact)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<DetailsView>, Failure> {
        desk.refuse_unidentified(self.patient)?;
        let patient = desk.whole_patient(self.patient).await?;
        let view = desk.details_of(&patient).await?;
        let sections = patient.opened.iter().copied().filter(|one| *one != Section::NationalId).collect();
        let touched = Touched { sections, count: 1, ..Touched::default() };
        Ok(Prepared::read(view, touched))
    }
}

impl Desk<'_> {
    /// What is shown of an opened patient.
    pub(super) async fn details_of(&self, patient: &OpenedPatient) -> Result<DetailsView, Failure> {
        let (record, identity) = (&patient.record, &patient.record.identity);
        let opened = |section: Section| patient.opened.contains(&section);
        let old = record.contact.addresses.iter().filter(|one| one.usage.as_deref() == Some("old"));
        let standing = Standing {
            deceased: identity.deceased,
            deceased_on: identity.deceased_on.clone().unwrap_or_default(),
            test: identity.test,
            inactive: identity.inactive.clone().unwrap_or_default(),
            retention: identity.retention.clone().unwrap_or_default(),
            vip: identity.vip,
        };
        let mut merged = Vec::new();
        if let Some(into) = &identity.merged_into {
            merged.extend(self.merged_view(&into.record, Some((&into.by, &into.at, &into.reason)), false).await?);
        }
        for id in &identity.absorbed {
            merged.extend(self.merged_view(id, None, true).await?);
        }
        Ok(DetailsView {
            handle: Uuid::nil(),
            patient: patient.checked.id,
            mrn: identity.mrn.clone(),
            wristband: wristband::code(&identity.mrn),
            identity: EnteredIdentity::of(identity),
            identity_rev: rev_of(patient, Section::Identity),
            former: identity.former.iter().map(|name| name.display()).collect(),
            contact: opened(Section::Contact).then(|| EnteredContact::of(&record.contact)),
            contact_rev: rev_of(patient, Section::Contact),
            old_addresses: old.map(Address::one_line).collect(),
            insurance: opened(Section::Insurance).then(|| EnteredInsurance::of(&record.insurance)),
            insurance_rev: rev_of(patient, Section::Insurance),
            standing,
            despite: identity.despite.clone(),
            correction: identity.correction.as_ref().map(|one| self.correction_view(one)),
            merged,
            may: DetailRights {
                edit_identity: self.may(Right::Edit(Section::Identity)),
                edit_contact: self.may(Right::Edit(Section::Contact)),
                edit_insurance: self.may(Right::Edit(Section::Insurance)),
                merge: self.may(Right::MergePatients),
            },
        })
    }

    fn correction_view(&self, waiting: &Correction) -> CorrectionView {
        let by = super::correct::signer_of(waiting);
        CorrectionView {
            name: waiting.name.display(),
            birth_date: waiting.birth_date.map(|date| date.to_string()).unwrap_or_default(),
            document: waiting.document.clone(),
            note: waiting.note.clone(),
            by: waiting.by.clone(),
            at: waiting.at.clone(),
            own: by == Some(self.asking.user),
        }
    }

    /// A record that goes on for this one, or that this one goes on for.
    async fn merged_view(
        &self,
        id: &str,
        how: Option<(&String, &String, &String)>,
        absorbed: bool,
    ) -> Result<Option<MergedView>, Failure> {
        let Ok(patient) = id.parse::<Uuid>() else { return Ok(None) };
        let ids = vec![forms::uuid_bson(patient)];
        let projection = doc! { "rev": 1, "head": 1, "s.identity": 1 };
        let filter = doc! { "_id": { "$in": Bson::from(ids) } };
        let found = self.find_encrypted(&find(&self.site.stored_in("patients"), filter, Some(projection))).await?;
        let Some(Ok(other)) = self.open_patients(found, &[Section::Identity]).await?.pop() else { return Ok(None) };
        let identity = other.record.identity;
        let own = identity.merged_into.as_ref().map(|into| (&into.by, &into.at, &into.reason));
        let (by, at, reason) =
            how.or(own).map(|(by, at, why)| (by.clone(), at.clone(), why.clone())).unwrap_or_default();
        Ok(Some(MergedView { patient, name: identity.name.display(), mrn: identity.mrn, absorbed, by, at, reason }))
    }
}

/// Only here so that the type of a signed note is named once.
pub(super) type SignedNote = Signed<crate::keys::CorrectionNote>;
