//! What of a chart goes on paper: the views of the sections that the document needs and the role may see.

use super::order::PrintOrder;
use crate::app::chart_views::{ChartItems, banner_of, contact_of, insurance_of};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::Touched;
use crate::app::views::{AllergyBanner, Banner, ContactView, CoverageView};
use crate::clock::Timestamp;
use crate::record::Section;
use crate::record::schedule::Zone;
use std::collections::BTreeSet;

/// A chart as far as it goes on paper.
pub struct OnPaper {
    pub banner: Banner,
    pub contact: Option<ContactView>,
    pub insurance: Option<Vec<CoverageView>>,
    pub items: ChartItems,
    /// The sections that were opened. What isn't in here may not even be called empty.
    pub opened: BTreeSet<Section>,
    /// Entries that failed their integrity check.
    pub damaged: u64,
    pub now: Timestamp,
    /// Where the clinic is: days and hours on paper are those of its wall.
    pub zone: Zone,
}

impl OnPaper {
    /// Whether a section was opened.
    pub fn shows(&self, section: Section) -> bool {
        self.opened.contains(&section)
    }

    /// The state of allergies, for those who may know it.
    pub const fn allergies(&self) -> Option<&AllergyBanner> {
        self.banner.allergies.as_ref()
    }
}

impl Desk<'_> {
    /// Opens what a document needs of a patient, and says what was opened.
    pub(super) async fn on_paper(&self, order: &PrintOrder) -> Result<(OnPaper, Touched), Failure> {
        let wanted: Vec<Section> =
            order.document.sections().iter().copied().filter(|section| self.may_view(*section)).collect();
        let (of_patient, of_items): (Vec<Section>, Vec<Section>) =
            wanted.iter().copied().partition(|section| Section::OF_PATIENT.contains(section));
        let id = order.patient()?;
        // What opens no chart prints none either.
        self.refuse_unidentified(id)?;
        let (patient, items) = tokio::join!(self.patient(id, &of_patient), self.items(id, &of_items));
        let (patient, (items, damaged)) = (patient?, items?);
        if !patient.opened.contains(&Section::Identity) {
            // Nothing is printed without the name of whom it is about.
            return Err(Code::KeysDamaged.bare());
        }
        let opened: BTreeSet<Section> = patient.opened.iter().copied().chain(of_items).collect();
        let touched = Touched {
            sections: opened.iter().copied().collect(),
            count: 1 + items.len() as u64,
            damaged: damaged > 0,
            document: Some(order.document.code()),
            ..Touched::default()
        };
        let items = ChartItems::sort(items, &patient.record, self.asking.user);
        let shows = |section: Section| opened.contains(&section);
        let chart = OnPaper {
            banner: banner_of(&patient.record, self.today(), shows(Section::Allergies).then_some(&items)),
            contact: shows(Section::Contact).then(|| contact_of(&patient.record)),
            insurance: shows(Section::Insurance).then(|| insurance_of(&patient.record)),
            items,
            opened,
            damaged,
            now: self.now(),
            zone: self.zone(),
        };
        Ok((chart, touched))
    }
}
