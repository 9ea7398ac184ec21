//! Making a print-out: contents, pages, what the audit is told.

use super::documents::{medication_list, patient_copy, referral_letter, visit_summary};
use super::layout::{self, Block, Document, Fonts, Foot, Head, Tag, Tagged};
use super::order::{PrintDocument, PrintOrder};
use super::{PrintFile, pdf, words};
use crate::app::chart_views::{ChartItems, ReferralLetter};
use crate::app::desk::Desk;
use crate::app::disclose::Cleared;
use crate::app::error::Failure;
use crate::app::perform::{Prepared, Touched};
use crate::app::views::{EncounterView, PrintPage, PrintView, PrintVisit};
use crate::record::Recipient;

/// How far a print-out goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is looked at.
    Preview,
    /// The system's dialog prints it.
    Dialog,
    /// It becomes a file.
    File,
}

/// A print-out.
pub(super) struct Made {
    fonts: Fonts,
    title: &'static str,
    pages: Vec<PrintPage>,
    damaged: u64,
    touched: Vec<Touched>,
    visits: Vec<PrintVisit>,
    /// There are no pages without it.
    _cleared: Cleared,
}

/// What goes on the pages.
pub(super) struct Contents {
    pub head: Option<Head>,
    pub blocks: Vec<Block>,
    pub damaged: u64,
    pub touched: Vec<Touched>,
    /// Visits that this could be about instead.
    pub visits: Vec<PrintVisit>,
}

const fn title(document: PrintDocument) -> &'static str {
    match document {
        PrintDocument::VisitSummary => "Visit summary",
        PrintDocument::MedicationList => "Medication list",
        PrintDocument::ReferralLetter => "Referral",
        PrintDocument::PatientCopy => "Patient's copy",
        PrintDocument::Label => "Label",
        PrintDocument::Wristband => "Wristband",
        PrintDocument::TodaysList => "Today's list",
    }
}

/// Who gets the paper; what passed a restriction says what its reader is asked for (164.522(a)(1)(iv)).
const fn recipient(order: &PrintOrder, overridden: bool) -> &'static str {
    match (order.document, order.for_whom) {
        _ if overridden => {
            "For another clinician, for emergency treatment alone. The patient has restricted this: don't use or disclose it further."
        }
        (PrintDocument::TodaysList, _) => "For the clinic's desk. Shred after use.",
        (PrintDocument::ReferralLetter, Recipient::AnotherClinician) => "For the colleague it is addressed to",
        (_, Recipient::Patient) => "For the patient",
        (_, Recipient::HealthPlan) => "For the health plan",
        (_, Recipient::AnotherClinician) => "For another clinician",
        (_, Recipient::Family) => "For family or friends of the patient",
        (_, Recipient::Employer) => "For the employer",
        (_, Recipient::Legal) => "For a lawyer, a court or an agency",
        (_, Recipient::Research) => "For research",
        (_, Recipient::Clinic) => "For the clinic's own use. Don't hand it out; shred after use.",
    }
}

const NO_LETTER: &str =
    "□ stands for a letter that this file's font doesn't have. Printed from the screen, it is there.";

impl<'a> Desk<'a> {
    /// Makes a print-out.
    pub(super) async fn made(&self, order: &PrintOrder, stage: Stage) -> Result<Made, Failure> {
        let cleared = self.cleared()?;
        order.check_recipient()?;
        let fonts = Fonts::load()?;
        let contents = match order.document {
            PrintDocument::TodaysList => self.day_on_paper(stage).await?,
            _ => self.chart_contents(order).await?,
        };
        let Contents { head, blocks, damaged, touched, visits } = contents;
        let title = title(order.document);
        let site = self.site.name.clone();
        let recipient = recipient(order, self.overridden()).to_owned();
        let document = Document { title: title.to_owned(), site, recipient, head, blocks };
        let mut foot = Foot { printed: self.printed(order, stage), note: None };
        let mut pages = set(&fonts, order, &document, &foot);
        if stage == Stage::File && layout::missing(&fonts, &pages) > 0 {
            foot.note = Some(NO_LETTER.to_owned());
            pages = set(&fonts, order, &document, &foot);
        }
        Ok(Made { fonts, title, pages, damaged, touched, visits, _cleared: cleared })
    }

    async fn chart_contents(&self, order: &PrintOrder) -> Result<Contents, Failure> {
        let (chart, touched) = self.on_paper(order).await?;
        let blocks = match order.document {
            PrintDocument::VisitSummary => visit_summary(&chart, order.visit)?,
            PrintDocument::MedicationList => medication_list(&chart),
            PrintDocument::ReferralLetter => referral_letter(&chart, order.visit)?,
            PrintDocument::PatientCopy => patient_copy(&chart),
            PrintDocument::Label | PrintDocument::Wristband | PrintDocument::TodaysList => Vec::new(),
        };
        let head = Some(words::head(&chart.banner, &chart.zone));
        let visits = choices(order.document, &chart.items);
        Ok(Contents { head, blocks, damaged: chart.damaged, touched: vec![touched], visits })
    }

    /// When, by whom and what for; a preview says that it is none of it.
    fn printed(&self, order: &PrintOrder, stage: Stage) -> String {
        if stage == Stage::Preview {
            return "Preview, not printed".to_owned();
        }
        let (at, by) = (words::moment(self.now(), &self.zone()), &self.keys.account.name);
        match order.document {
            PrintDocument::Label | PrintDocument::Wristband => format!("Printed {at} by {by}"),
            _ => format!("Printed {at} by {by}, {}", words::purpose(order.purpose)),
        }
    }
}

/// What else the document could be about: visits, or referrals.
fn choices(document: PrintDocument, items: &ChartItems) -> Vec<PrintVisit> {
    let visit = |one: &EncounterView| PrintVisit { item: one.item, start: one.start.clone(), kind: one.kind.clone() };
    let letter = |one: &ReferralLetter| PrintVisit {
        item: one.item,
        start: one.referral.at.clone().unwrap_or_default(),
        kind: one.referral.to.clone(),
    };
    match document {
        PrintDocument::VisitSummary => items.encounters.iter().map(visit).collect(),
        PrintDocument::ReferralLetter => items.referrals.iter().map(letter).collect(),
        _ => Vec::new(),
    }
}

fn set(fonts: &Fonts, order: &PrintOrder, document: &Document, foot: &Foot) -> Vec<PrintPage> {
    let tag = match order.document {
        PrintDocument::Label => Tag::Label,
        PrintDocument::Wristband => Tag::Wristband,
        _ => return layout::lay_out(fonts, order.paper.size(), document, foot),
    };
    let head = document.head.clone().unwrap_or_default();
    let tagged = Tagged { head: &head, printed: &foot.printed, instead: words::ALLERGIES_INSTEAD };
    vec![layout::lay_out_tag(fonts, tag, &tagged)]
}

impl Made {
    /// For the screen.
    pub(super) fn shown(self) -> Prepared<PrintView> {
        let missing = layout::missing(&self.fonts, &self.pages);
        let (title, damaged, visits) = (self.title.to_owned(), self.damaged, self.visits);
        let view = PrintView { title, pages: self.pages, missing, damaged, visits };
        Prepared { output: view, touched: self.touched, writes: Vec::new(), heads: Vec::new() }
    }

    /// As a file.
    pub(super) fn filed(self) -> Result<Prepared<PrintFile>, Failure> {
        let bytes = pdf::pdf(&self.fonts, self.title, &self.pages)?;
        let file = PrintFile { bytes, pages: self.pages.len() as u64 };
        Ok(Prepared { output: file, touched: self.touched, writes: Vec::new(), heads: Vec::new() })
    }
}
