//! What may leave the clinic, and for whom: one look at what the patient has said, else at what the rule allows
//! unasked. Pure; the door asks it before anything is made. Why it is so: `docs/decisions/0019`.

use crate::record::schedule::Day;
use crate::record::{
    Directive, DirectiveKind, DirectivePurpose, DirectiveReason, DirectiveTerms, Recipient, RecordPart, Section,
};

/// What it is disclosed for, as whoever discloses it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisclosurePurpose {
    /// To treat the patient.
    Treatment,
    /// The patient asks for it.
    PatientRequest,
    /// To be paid.
    Payment,
    /// For the work around care.
    Operations,
}

/// Something that is about to leave.
#[derive(Clone, Debug)]
pub struct Disclosure {
    /// For whom.
    pub to: Recipient,
    /// What for.
    pub purpose: DisclosurePurpose,
    /// The part of the record that it is; everything, when it is of all kinds.
    pub part: RecordPart,
    /// The sections that it is made of.
    pub sections: Vec<Section>,
}

/// What stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier<'a> {
    /// A restriction in force.
    Restriction(&'a DirectiveTerms),
    /// No authorization in force, where one is needed.
    NoAuthorization,
}

/// Whether it may leave today, by what this patient has said. A restriction that fits always stands in the way.
///
/// # Errors
/// What stands in the way.
pub fn may_disclose<'a>(
    directives: impl IntoIterator<Item = &'a Directive>,
    asked: &Disclosure,
    today: Day,
) -> Result<(), Barrier<'a>> {
    if matches!(asked.to, Recipient::Patient | Recipient::Clinic) {
        return Ok(());
    }
    let mut permitted = is_usual(asked.to, asked.purpose);
    for terms in directives.into_iter().filter(|one| one.in_force(today)).map(|one| &one.terms) {
        match terms.kind {
            DirectiveKind::Restriction if forbids(terms, asked) => return Err(Barrier::Restriction(terms)),
            DirectiveKind::Authorization => permitted |= permits(terms, asked),
            DirectiveKind::Restriction => {}
        }
    }
    if permitted { Ok(()) } else { Err(Barrier::NoAuthorization) }
}

/// What is disclosed without asking: to be paid, to go on treating (164.506(c)), to those who care for the patient
/// (164.510(b)). Everything else takes an authorization (164.508(a)).
const fn is_usual(to: Recipient, purpose: DisclosurePurpose) -> bool {
    matches!(
        (to, purpose),
        (Recipient::HealthPlan, DisclosurePurpose::Payment)
            | (Recipient::AnotherClinician, DisclosurePurpose::Treatment)
            | (Recipient::Family, _)
    )
}

/// A restriction stands in the way of everything that holds something of what it is about.
fn forbids(terms: &DirectiveTerms, asked: &Disclosure) -> bool {
    let about = terms.part == RecordPart::WholeRecord
        || asked.part == terms.part
        || asked.sections.iter().any(|section| terms.part.sections().contains(section));
    // "The patient asks for it" is no purpose of its own: it must not be the way round a restriction.
    let purpose = asked.purpose == DisclosurePurpose::PatientRequest || fits(terms.purpose, asked.purpose);
    terms.to.names(asked.to) && purpose && about
}

/// An authorization permits the part that it names, and no paper that holds more.
fn permits(terms: &DirectiveTerms, asked: &Disclosure) -> bool {
    let about = terms.part == RecordPart::WholeRecord || terms.part == asked.part;
    terms.to.names(asked.to) && fits(terms.purpose, asked.purpose) && about
}

const fn fits(named: DirectivePurpose, asked: DisclosurePurpose) -> bool {
    matches!(
        (named, asked),
        (DirectivePurpose::Any, _)
            | (DirectivePurpose::Treatment, DisclosurePurpose::Treatment)
            | (DirectivePurpose::Payment, DisclosurePurpose::Payment)
            | (DirectivePurpose::Operations, DisclosurePurpose::Operations)
    )
}

impl Barrier<'_> {
    /// The row of the audit: which kind of directive stands in the way.
    #[must_use]
    pub const fn row(self) -> &'static str {
        match self {
            Self::NoAuthorization => "authorization.missing",
            Self::Restriction(terms) => match terms.why {
                DirectiveReason::PaidInFull => "restriction.paid_in_full",
                DirectiveReason::Agreed => "restriction.agreed",
                DirectiveReason::RequiredByLaw => "restriction.required_by_law",
            },
        }
    }

    /// Whether an emergency may pass it: a restriction, for somebody who treats the patient now (164.522(a)(1)(iii)).
    #[must_use]
    pub fn yields_to_emergency(self, asked: &Disclosure) -> bool {
        matches!(self, Self::Restriction(_))
            && asked.to == Recipient::AnotherClinician
            && asked.purpose == DisclosurePurpose::Treatment
    }
}
