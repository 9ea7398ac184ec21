//! The one door. Every use case is a value implementing [`Action`]; [`Workstation::perform`] runs it:
//! session → policy → run → audit row durable → (write → outcome row) → answer leaves.
//!
//! An action reads through the [`Desk`] and only *prepares* what it wants written; the door writes it. To add a use
//! case: a file in `app/` named by its verb, and one line in [`super::commands`].

use super::desk::Desk;
use super::disclose::Leaving;
use super::error::{Code, Failure};
use super::views::ForUi;
use super::workstation::Workstation;
use crate::audit::{self, Entry, Event, Kind, Outcome, PendingWrite, Purpose};
use crate::policy::{Decision, Denial, Relationship, Right, Role, Standing, decide};
use crate::record::Section;
use bson::RawDocumentBuf;
use uuid::Uuid;

/// A use case. No method has a default: what it needs and what it writes in the audit must be said.
#[expect(async_fn_in_trait, reason = "the workstation runs on one thread of its own; no future leaves it")]
pub trait Action {
    /// What may reach the screen.
    type Output: ForUi;
    /// The name in the audit.
    const NAME: &'static str;
    /// The right it needs.
    fn right(&self) -> Right;
    /// Whose record it is about, if anybody's.
    fn patient(&self) -> Option<Uuid>;
    /// Whether a window bound to `patient` is where this may come from.
    fn is_for(&self, patient: Uuid) -> bool {
        self.patient() == Some(patient)
    }
    /// Why the data is touched.
    fn purpose(&self) -> Purpose;
    /// What leaves the clinic by it. What makes pages or files must say so: they can't be made otherwise.
    fn discloses(&self) -> Option<Leaving> {
        None
    }
    /// Reads, checks and prepares; writes nothing.
    ///
    /// # Errors
    /// What the person is told; nothing was written.
    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Self::Output>, Failure>;
}

/// The answer, what it showed, and what is to be written before it leaves.
pub struct Prepared<T> {
    /// The answer.
    pub output: T,
    /// What was read or will be written: one audit row each.
    pub touched: Vec<Touched>,
    /// Commands for the store, one transaction.
    pub writes: Vec<RawDocumentBuf>,
    /// The heads that the writes leave.
    pub heads: Vec<HeadLeft>,
}

/// One audit row's worth of records.
#[derive(Default)]
pub struct Touched {
    /// Whose; the action's patient when absent.
    pub patient: Option<Uuid>,
    /// Which item, when it is one.
    pub record: Option<Uuid>,
    /// Sections opened or written.
    pub sections: Vec<Section>,
    /// How many records.
    pub count: u64,
    /// Something that was asked for is damaged and wasn't shown.
    pub damaged: bool,
    /// Which user it is about, when it's about one.
    pub user: Option<Uuid>,
    /// What it was before and what it became, in the program's own words: roles.
    pub change: Option<(&'static str, &'static str)>,
    /// What else there is to say, in the program's own words: the version of a table, a reason.
    pub detail: Option<&'static str>,
    /// Which print-out it is part of, in the program's own words.
    pub document: Option<&'static str>,
    /// The row of the policy that let it pass, when it isn't the one of the action's right.
    pub row: Option<&'static str>,
    /// Records that stay on the screen, each in the revision that is shown there.
    pub shown: Vec<(Uuid, i64)>,
    /// For a schedule that stays on the screen: the days it shows, as they are stored.
    pub days: Vec<bson::Bson>,
}

/// The head that a write leaves in a record.
#[derive(Clone)]
pub struct HeadLeft {
    /// Collection.
    pub collection: &'static str,
    /// Record.
    pub record: Uuid,
    /// Counter of the head.
    pub counter: i64,
    /// Hash of the head.
    pub hash: [u8; 32],
}

impl<T> Prepared<T> {
    /// An answer that writes nothing.
    pub fn read(output: T, touched: Touched) -> Self {
        Self { output, touched: vec![touched], writes: Vec::new(), heads: Vec::new() }
    }
}

/// Who asks, as the audit names it.
pub(super) struct Asking {
    pub user: Uuid,
    pub role: Role,
    /// Whether she has the extra right for sensitive items.
    pub sensitive: bool,
    pub session: Uuid,
    pub correlation: Uuid,
}

impl Asking {
    /// Who asks, as the policy sees it.
    pub const fn standing(&self) -> Standing {
        Standing::of(self.role, self.sensitive)
    }
}

/// How often a use case is run again when someone else changed the record between its reading and its writing.
const ATTEMPTS: usize = 3;

impl Workstation {
    /// Performs a use case for whoever holds the seat.
    ///
    /// # Errors
    /// What the person is told. A denial and a failure are audited; if the audit can't be written, nothing leaves.
    pub async fn perform<A: Action>(&mut self, action: A) -> Result<A::Output, Failure> {
        let asking = self.asking()?;
        // What isn't about a patient is decided without the store: then whether keys are replaced is asked beside the
        // reading, and what was read under the old ones is read again. A write names the version it was prepared under.
        let mut followed = action.patient().is_some();
        let (decision, relationship, refused) =
            if followed { self.admit_current(&asking, &action).await? } else { self.admit(&asking, &action).await? };
        if let Some(failure) = refused {
            let detail = decision.is_allowed().then_some(failure.code);
            self.note(&asking, &action, decision, Outcome::Denied, detail).await?;
            return Err(failure);
        }
        if let Some(patient) = action.patient() {
            self.count_opened(&asking, patient).await?;
        }
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.follow_keys().await?;
            }
            if self.record.moved && !self.moving {
                return Err(Code::StoreMoved.bare());
            }
            let desk = self.desk(&asking, relationship)?;
            let (behind, prepared) = match std::mem::replace(&mut followed, true) {
                true => (Ok(false), desk.perform(&action).await),
                false => tokio::join!(self.is_behind(), desk.perform(&action)),
            };
            let judged = desk.judged(decision);
            // Patients' keys were at work below: nothing of them stays on the stack while the session goes on.
            crate::zero::burn_stack();
            if behind? {
                continue;
            }
            // What doesn't open may stand under a key that came while it was being read; what seems older than was seen
            // may have been read just before this workstation's other window wrote it. Damage is there the second time.
            if attempt + 1 < ATTEMPTS && is_damaged(&prepared) && (self.follow_site().await? || attempt == 0) {
                continue;
            }
            let mut prepared = match prepared {
                Ok(prepared) => prepared,
                Err(failure) => {
                    let outcome = if judged.is_allowed() { Outcome::Failed } else { Outcome::Denied };
                    self.note(&asking, &action, judged, outcome, Some(failure.code)).await?;
                    return Err(failure);
                }
            };
            let written = self.record(&asking, &action, decision, &mut prepared).await;
            if !matches!(&written, Err(failure) if failure.code == Code::Conflict) {
                if written.is_ok() {
                    self.watch.follow(action.patient(), &prepared.touched, &prepared.heads);
                }
                return written.map(|()| prepared.output);
            }
        }
        Err(Code::Conflict.bare())
    }

    /// As [`Workstation::perform`], for what concerns this workstation alone: the store isn't asked, so it works while a
    /// server is silent. What it leaves in files here, the caller writes.
    pub(super) async fn perform_here<A: Action>(&mut self, action: &A) -> Result<A::Output, Failure> {
        let asking = self.asking()?;
        let (decision, relationship, refused) = self.admit(&asking, action).await?;
        if let Some(failure) = refused {
            self.note(&asking, action, decision, Outcome::Denied, None).await?;
            return Err(failure);
        }
        match action.run(&self.desk(&asking, relationship)?).await {
            Ok(mut prepared) => {
                self.record(&asking, action, decision, &mut prepared).await?;
                Ok(prepared.output)
            }
            Err(failure) => {
                self.note(&asking, action, decision, Outcome::Failed, Some(failure.code)).await?;
                Err(failure)
            }
        }
    }

    /// As [`Workstation::admit`], under the newest keys: both are asked of the store at once, and what was decided under
    /// keys that are replaced is decided again.
    async fn admit_current<A: Action>(
        &mut self,
        asking: &Asking,
        action: &A,
    ) -> Result<(Decision, Relationship, Option<Failure>), Failure> {
        let (behind, admitted) = tokio::join!(self.is_behind(), self.admit(asking, action));
        if behind? {
            self.follow_keys().await?;
            return self.admit(asking, action).await;
        }
        admitted
    }

    /// Whether an action is let in: what the policy decides, and why it isn't. Every way through the door asks here.
    pub(super) async fn admit<A: Action>(
        &self,
        asking: &Asking,
        action: &A,
    ) -> Result<(Decision, Relationship, Option<Failure>), Failure> {
        let (decision, relationship) = self.decide(asking, action.right(), action.patient()).await?;
        let refused = match decision {
            Decision::Denied { why, .. } => Some(why.into()),
            Decision::Allowed { .. } => {
                let choose_first = self.keys()?.temporary && action.right() != Right::ChangeOwnPassword;
                choose_first.then(|| Code::ChoosePassword.bare())
            }
        };
        Ok((decision, relationship, refused))
    }

    /// The policy's decision; the care team is only looked up where the policy asks for it.
    async fn decide(
        &self,
        asking: &Asking,
        right: Right,
        patient: Option<Uuid>,
    ) -> Result<(Decision, Relationship), Failure> {
        let alone = decide(asking.standing(), right, Relationship::None);
        let Some(patient) = patient else { return Ok((alone, Relationship::None)) };
        match alone {
            Decision::Denied { why: Denial::NoRight | Denial::Directive, .. } | Decision::Allowed { .. } => {
                Ok((alone, Relationship::None))
            }
            Decision::Denied { why: Denial::NotOnCareTeam, .. } => {
                let relationship = self.relationship(asking, patient).await?;
                Ok((decide(asking.standing(), right, relationship), relationship))
            }
        }
    }

    /// One row for an action that showed and changed nothing.
    pub(super) async fn note<A: Action>(
        &self,
        asking: &Asking,
        action: &A,
        decision: Decision,
        outcome: Outcome,
        code: Option<Code>,
    ) -> Result<(), Failure> {
        let mut event = self.event(asking, action, decision, &Touched::default());
        event.outcome = outcome;
        event.detail = code.map(|code| audit::Code::of(code.word()));
        self.append(&[Entry { kind: Kind::Decision, refers_to: None, event: &event, write: None }]).await.map(|_| ())
    }

    /// The rows of an action that ran, then its writes and their outcome.
    pub(super) async fn record<A: Action>(
        &self,
        asking: &Asking,
        action: &A,
        decision: Decision,
        prepared: &mut Prepared<A::Output>,
    ) -> Result<(), Failure> {
        let mut events: Vec<Event> =
            prepared.touched.iter().map(|touched| self.event(asking, action, decision, touched)).collect();
        if prepared.writes.is_empty() {
            return self.append(&entries(&events, &[])).await.map(|_| ());
        }
        if let [only] = events.as_mut_slice() {
            only.heads = prepared.heads.iter().map(|head| head.hash).collect();
        }
        let decisions = self.append(&entries(&events, &prepared.heads)).await?;
        let mut writes = vec![self.fence(&prepared.heads)?];
        writes.append(&mut prepared.writes);
        let mut written = self.store().run_all(writes).await.map(drop).map_err(Failure::from);
        if matches!(&written, Err(failure) if failure.code == Code::OutcomeUnknown) {
            written = self.looked_after(&prepared.heads).await;
        }
        if written.is_ok() {
            self.witness_heads(&prepared.heads);
        }
        if matches!(&written, Err(failure) if failure.code == Code::OutcomeUnknown) && !prepared.heads.is_empty() {
            // The decision stays open: the next start or sign-in looks again and writes down what is true.
            self.left_unsettled(&decisions, &prepared.heads);
            return written;
        }
        // The decision is durable and names the heads, so an outcome that can't be written now is found at the next
        // start. Refusing the answer here would say that nothing was stored when it was.
        if let Err(failure) = self.outcome(&events, &decisions, written.as_ref().err()).await {
            tracing::error!(%failure, "the outcome of a write isn't in the audit yet");
        }
        written
    }

    /// A write whose answer was lost: it is done if its head stands in the store. If it doesn't, it may still come.
    async fn looked_after(&self, heads: &[HeadLeft]) -> Result<(), Failure> {
        let Some(first) = heads.first() else { return Err(Code::OutcomeUnknown.bare()) };
        match self.settled(&pending(first)).await {
            Outcome::Done => Ok(()),
            _ => Err(Code::OutcomeUnknown.bare()),
        }
    }

    /// One outcome row for all decisions of one transaction, referring to the first.
    async fn outcome(
        &self,
        events: &[Event],
        decisions: &[audit::Appended],
        failure: Option<&Failure>,
    ) -> Result<(), Failure> {
        let (Some(first), Some(decision)) = (events.first(), decisions.first()) else { return Ok(()) };
        let mut event = first.clone();
        event.outcome = match failure.map(|failure| failure.code) {
            None => Outcome::Done,
            Some(Code::OutcomeUnknown) => Outcome::Unknown,
            Some(_) => Outcome::Failed,
        };
        event.detail = failure.map(|failure| audit::Code::of(failure.code.word()));
        event.count = events.iter().map(|event| event.count).sum();
        let entry = Entry { kind: Kind::Outcome, refers_to: Some(decision.seq), event: &event, write: None };
        self.append(&[entry]).await.map(|_| ())
    }

    fn event<A: Action>(&self, asking: &Asking, action: &A, decision: Decision, touched: &Touched) -> Event {
        let mut event = self.system_event(A::NAME);
        event.actor = Some(asking.user);
        event.role = Some(audit::Code::of(asking.role.code()));
        event.session = Some(asking.session);
        event.correlation = asking.correlation;
        event.patient = touched.patient.or(action.patient());
        event.record = touched.record;
        event.sections.clone_from(&touched.sections);
        event.count = touched.count;
        event.user = touched.user;
        let leaving = action.discloses();
        event.document = touched.document.or(leaving.as_ref().map(|one| one.document)).map(audit::Code::of);
        event.recipient = leaving.map(|one| audit::Code::of(one.to.word()));
        event.from = touched.change.map(|(from, _)| audit::Code::of(from));
        event.to = touched.change.map(|(_, to)| audit::Code::of(to));
        event.detail = touched.damaged.then(|| Code::Damaged.word()).or(touched.detail).map(audit::Code::of);
        event.purpose = action.purpose();
        event.outcome = Outcome::Allowed;
        event.policy_row = audit::Code::of(touched.row.unwrap_or(decision.row()));
        event
    }
}

fn is_damaged<T>(prepared: &Result<Prepared<T>, Failure>) -> bool {
    match prepared {
        Ok(prepared) => prepared.touched.iter().any(|touched| touched.damaged),
        Err(failure) => matches!(failure.code, Code::Damaged | Code::KeysDamaged),
    }
}

/// One entry for each event; the first heads are remembered as pending with the first decision of the transaction.
fn entries<'a>(events: &'a [Event], heads: &[HeadLeft]) -> Vec<Entry<'a>> {
    let entry = |(at, event): (usize, &'a Event)| Entry {
        kind: Kind::Decision,
        refers_to: None,
        event,
        // One transaction succeeds or fails as a whole, so its first record tells for all of them.
        write: heads.first().filter(|_| at == 0).map(pending),
    };
    events.iter().enumerate().map(entry).collect()
}

/// A write as it is looked for when its outcome isn't known.
pub(super) fn pending(head: &HeadLeft) -> PendingWrite {
    PendingWrite { collection: head.collection.to_owned(), record: head.record, head: head.hash }
}
