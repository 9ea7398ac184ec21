//! What is to be printed, for whom it is about, and what it is needed for.

use crate::app::disclose::{EmergencyReason, Leaving};
use crate::app::error::{Code, Failure};
use crate::audit::Purpose;
use crate::policy::{DisclosurePurpose, Right};
use crate::record::{Recipient, RecordPart, Section};
use serde::Deserialize;
use uuid::Uuid;

/// A print-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum PrintDocument {
    /// One visit with what was found and is to be done.
    VisitSummary,
    /// What is taken, and allergies.
    MedicationList,
    /// The letter of a referral.
    ReferralLetter,
    /// Everything this role may see of the patient, for the patient.
    PatientCopy,
    /// A label for folders and samples.
    Label,
    /// A wristband.
    Wristband,
    /// Today's appointments.
    TodaysList,
}

/// What a print-out is needed for. The audit names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum PrintPurpose {
    /// To treat the patient.
    Treatment,
    /// The patient asks for it.
    PatientRequest,
    /// A payer asks for it.
    Payment,
    /// The clinic works with it.
    Operations,
}

/// The paper of documents; labels and wristbands have their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum PrintPaper {
    /// 8½ × 11 in.
    Letter,
    /// 210 × 297 mm.
    A4,
}

/// An order for a print-out.
#[derive(Clone, Deserialize, ts_rs::TS)]
pub struct PrintOrder {
    /// Which.
    pub document: PrintDocument,
    /// About whom; nobody alone, for today's list.
    pub patient: Option<Uuid>,
    /// Of a visit summary: which visit; of a referral letter: which referral. The last one when it isn't said.
    pub visit: Option<Uuid>,
    /// What for.
    pub purpose: PrintPurpose,
    /// Who gets it. Labels, wristbands and today's list are the clinic's own.
    pub for_whom: Recipient,
    /// That another clinician needs it in an emergency, whatever was restricted.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub emergency: Option<EmergencyReason>,
    /// On which paper.
    pub paper: PrintPaper,
}

impl PrintDocument {
    /// The right to what it is made of.
    pub(super) const fn right(self) -> Right {
        match self {
            Self::VisitSummary => Right::View(Section::Encounters),
            Self::MedicationList => Right::View(Section::Medications),
            Self::ReferralLetter => Right::View(Section::Referrals),
            // As for opening the chart: for clinicians it takes the care team, and with it come the allergies of a wristband.
            Self::PatientCopy | Self::Label | Self::Wristband => Right::View(Section::Contact),
            Self::TodaysList => Right::ViewSchedule,
        }
    }

    /// Its name in the audit and in the name of a saved file, which says nothing of the patient.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::VisitSummary => "visit_summary",
            Self::MedicationList => "medication_list",
            Self::ReferralLetter => "referral_letter",
            Self::PatientCopy => "patient_copy",
            Self::Label => "label",
            Self::Wristband => "wristband",
            Self::TodaysList => "todays_list",
        }
    }

    /// The part of the record that it is.
    pub(super) const fn part(self) -> RecordPart {
        match self {
            Self::VisitSummary => RecordPart::Visits,
            Self::MedicationList => RecordPart::DrugList,
            Self::ReferralLetter => RecordPart::ReferralLetters,
            Self::PatientCopy | Self::Label | Self::Wristband | Self::TodaysList => RecordPart::WholeRecord,
        }
    }

    /// Whether it stays in the house, or on the patient.
    const fn is_the_clinics_own(self) -> bool {
        matches!(self, Self::Label | Self::Wristband | Self::TodaysList)
    }

    /// The sections it is made of, as far as they may be viewed.
    pub(super) const fn sections(self) -> &'static [Section] {
        use Section as S;
        match self {
            Self::VisitSummary => &[
                S::Identity,
                S::Summary,
                S::Encounters,
                S::Problems,
                S::Medications,
                S::Allergies,
                S::Observations,
                S::Notes,
                S::Immunizations,
                S::Procedures,
                S::Reports,
                S::Referrals,
                S::CarePlans,
                S::Appointments,
            ],
            Self::MedicationList => &[S::Identity, S::Summary, S::Medications, S::Allergies],
            Self::ReferralLetter => {
                &[S::Identity, S::Contact, S::Summary, S::Referrals, S::Problems, S::Medications, S::Allergies]
            }
            Self::PatientCopy => &[
                S::Identity,
                S::Contact,
                S::Insurance,
                S::Summary,
                S::Appointments,
                S::Problems,
                S::Medications,
                S::Allergies,
                S::Observations,
                S::Notes,
                S::Encounters,
                S::Immunizations,
                S::Procedures,
                S::Reports,
                S::Referrals,
                S::CarePlans,
            ],
            Self::Label => &[S::Identity],
            Self::Wristband => &[S::Identity, S::Summary, S::Allergies],
            Self::TodaysList => &[S::Appointments, S::Identity],
        }
    }
}

impl PrintPurpose {
    pub(in crate::app) const fn audited(self) -> Purpose {
        match self {
            Self::Treatment => Purpose::Treatment,
            Self::PatientRequest => Purpose::PatientRequest,
            Self::Payment => Purpose::Payment,
            Self::Operations => Purpose::Operations,
        }
    }

    pub(in crate::app) const fn disclosed(self) -> DisclosurePurpose {
        match self {
            Self::Treatment => DisclosurePurpose::Treatment,
            Self::PatientRequest => DisclosurePurpose::PatientRequest,
            Self::Payment => DisclosurePurpose::Payment,
            Self::Operations => DisclosurePurpose::Operations,
        }
    }
}

impl PrintPaper {
    /// Width and height in points.
    pub(super) const fn size(self) -> (f32, f32) {
        match self {
            Self::Letter => (612.0, 792.0),
            Self::A4 => (595.3, 841.9),
        }
    }
}

impl PrintOrder {
    /// Whose record is opened; today's list opens nobody's alone.
    pub(super) fn about(&self) -> Option<Uuid> {
        self.patient.filter(|_| self.document != PrintDocument::TodaysList)
    }

    /// What leaves the clinic with it.
    pub(super) fn leaving(&self) -> Leaving {
        Leaving {
            document: self.document.code(),
            to: self.for_whom,
            purpose: self.purpose,
            part: self.document.part(),
            sections: self.document.sections().to_vec(),
            emergency: self.emergency,
        }
    }

    /// Refuses to hand out what is the clinic's own.
    pub(super) fn check_recipient(&self) -> Result<(), Failure> {
        let outside = !matches!(self.for_whom, Recipient::Patient | Recipient::Clinic);
        if outside && self.document.is_the_clinics_own() {
            return Err(Code::Invalid.with("field", "for_whom"));
        }
        Ok(())
    }

    /// As [`PrintOrder::about`], for a document that is about a patient.
    pub(super) fn patient(&self) -> Result<Uuid, Failure> {
        self.about().ok_or_else(|| Code::Invalid.with("field", "patient"))
    }
}
