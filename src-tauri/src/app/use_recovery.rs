//! Recovery shares while the site is alive: try them, give access with them, make new ones, note who keeps them.
//!
//! An administrator sits at the seat and those who keep the shares type them: nobody of them can do it alone.

use super::confirm_access::codes;
use super::desk::Desk;
use super::error::{Code, Failure};
use super::people::{People, PeopleWriting, about};
use super::perform::{Action, Prepared, Touched};
use super::views::{ConfirmedView, Done, RecoveryTested};
use crate::audit::Purpose;
use crate::keys::{
    Author, CompartmentRoot, Grant, GrantState, Holder, KeyError, RecoveryError, RecoveryNote, RecoveryPublic,
    RecoveryShare, RotationCause, Signed, SiteKey, Subject, UserKeys, open_recovery_copy, recombine, recovery_copy_id,
    seal_recovery_copy, split,
};
use crate::policy::Right;
use crate::record::Compartment;
use uuid::Uuid;

/// A restore drill: opens everything that a restore would, changes nothing but the note that it was done.
pub struct TestRecovery {
    /// As many as are needed.
    pub shares: Vec<RecoveryShare>,
}

/// Access for a user when no colleague is left who holds it.
pub struct ConfirmByRecovery {
    /// As many as are needed.
    pub shares: Vec<RecoveryShare>,
    /// The user.
    pub user: Uuid,
    /// The code that the user reads out.
    pub code: String,
}

/// Another recovery key takes the place of the one in use, whose shares are worth nothing afterwards.
pub struct RenewRecovery {
    /// As many of the shares in use as are needed.
    pub shares: Vec<RecoveryShare>,
    /// The new key; its shares are in people's hands before this is done.
    pub next: NewRecovery,
    /// Who keeps each of the new ones.
    pub keepers: Vec<String>,
    /// The old shares may be in wrong hands: everything they opened is to be rotated.
    pub compromised: bool,
}

/// Who keeps which share.
pub struct NoteKeepers {
    /// In the order of their numbers.
    pub keepers: Vec<String>,
}

/// A recovery key that isn't in use yet.
pub struct NewRecovery {
    keys: UserKeys,
    needed: u8,
    shares: u8,
}

impl NewRecovery {
    /// A new key with its shares, to be shown before it is put to use.
    ///
    /// # Errors
    /// [`RecoveryError::Plan`] for numbers that can't be.
    pub fn make(site: Uuid, needed: u8, shares: u8) -> Result<(Self, Vec<RecoveryShare>), RecoveryError> {
        let keys = UserKeys::create()?;
        let dealt = split(&keys, site, needed, shares)?;
        Ok((Self { keys, needed, shares }, dealt))
    }
}

/// The recovery key brought back, with everything it holds.
pub(super) struct Recovered {
    pub keys: UserKeys,
    pub roots: Vec<CompartmentRoot>,
}

macro_rules! with_shares {
    ($($of:ty => $answer:ty, $name:literal, $run:ident;)+) => {$(
        impl Action for $of {
            type Output = $answer;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                Right::UseRecovery
            }

            fn patient(&self) -> Option<Uuid> {
                None
            }

            fn purpose(&self) -> Purpose {
                Purpose::Administration
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<$answer>, Failure> {
                $run(self, desk).await
            }
        }
    )+};
}

with_shares! {
    TestRecovery => RecoveryTested, "test_recovery", test;
    ConfirmByRecovery => ConfirmedView, "confirm_by_recovery", confirm;
    RenewRecovery => Done, "renew_recovery", renew;
    NoteKeepers => Done, "note_keepers", note_keepers;
}

async fn test(asked: &TestRecovery, desk: &Desk<'_>) -> Result<Prepared<RecoveryTested>, Failure> {
    let people = desk.people().await?;
    let recovered = desk.recovered(&people, &asked.shares)?;
    let copy = desk.of_site(recovery_copy_id(desk.site.site, desk.site.site_key)).await?;
    let copy = copy.ok_or_else(|| Code::KeysDamaged.bare())?;
    let key: SiteKey = open_recovery_copy(&copy, desk.site.site, &recovered.keys)?;
    if key.check_value()? != desk.site.check {
        return Err(KeyError::Altered("recovery copy of the site key").into());
    }
    let held = |one: &crate::keys::CompartmentPublic| recovered.roots.iter().any(|root| root.public() == *one);
    if !desk.site.compartments.iter().all(held) {
        return Err(Code::KeysDamaged.bare());
    }
    let shares: Vec<u8> = asked.shares.iter().map(RecoveryShare::number).collect();
    let note = desk.note_to_change().await?;
    let tested_with = shares.iter().map(|number| i32::from(*number)).collect();
    let next = RecoveryNote { tested: Some(desk.now()), tested_with, ..note.clone() };
    let compartments = codes(recovered.roots.iter().map(CompartmentRoot::compartment));
    noted(desk, &people, (note.version > 1).then_some(()), next, RecoveryTested { shares, compartments })
}

async fn confirm(asked: &ConfirmByRecovery, desk: &Desk<'_>) -> Result<Prepared<ConfirmedView>, Failure> {
    let people = desk.people().await?;
    let recovered = desk.recovered(&people, &asked.shares)?;
    let author = Author::new(desk.site.recovery.id, &recovered.keys);
    desk.confirm(&people, asked.user, &asked.code, (author, &recovered.roots))
}

async fn note_keepers(asked: &NoteKeepers, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let people = desk.people().await?;
    let note = desk.note_to_change().await?;
    let keepers = keepers(&asked.keepers, desk.site.recovery.shares)?;
    let next = RecoveryNote { keepers, ..note.clone() };
    noted(desk, &people, (note.version > 1).then_some(()), next, Done {})
}

fn noted<T>(
    desk: &Desk<'_>,
    people: &People,
    replaces: Option<()>,
    next: RecoveryNote,
    output: T,
) -> Result<Prepared<T>, Failure> {
    let mut writing = PeopleWriting::new(desk, people);
    writing.signed("site", next, replaces.is_some())?;
    writing.prepared(output, vec![Touched { count: 1, ..Touched::default() }])
}

async fn renew(asked: &RenewRecovery, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let people = desk.people().await?;
    let recovered = desk.recovered(&people, &asked.shares)?;
    let (next, at) = (&asked.next, desk.now());
    let id = desk.site.recovery.id;
    let public =
        RecoveryPublic { id, keys: next.keys.public(), needed: next.needed.into(), shares: next.shares.into() };
    let mut writing = PeopleWriting::new(desk, &people);
    writing.record.recovery = public;
    writing.take_over_signatures(id).await?;
    let author = Author::new(id, &next.keys);
    let root_of = |grant: &Grant| {
        let order = grant.ordered();
        recovered.roots.iter().find(|root| (root.compartment(), root.epoch()) == (order.compartment, order.epoch))
    };
    for grant in people.grants.iter().filter(|grant| grant.state() == GrantState::Active) {
        let Some(root) = root_of(grant) else { continue };
        let holder = Holder { author, root };
        if grant.ordered().user == id {
            writing.grant(&grant.remove(desk.author(), at)?)?;
            let subject = Subject { id, keys: next.keys.public() };
            let order = Grant::order(Uuid::new_v4(), subject, (root.compartment(), root.epoch()), desk.author(), at)?;
            writing.grant(&order.confirm_again(holder, desk.site, at)?)?;
        } else if grant.confirmed_by() == Some(id) {
            writing.grant(&grant.confirm_again(holder, desk.site, at)?)?;
        }
    }
    desk.copy_site_keys(&mut writing, &public).await?;
    let note = desk.note_to_change().await?;
    let keepers = keepers(&asked.keepers, public.shares)?;
    let fresh = RecoveryNote::fresh(desk.site.site, keepers.len(), note.version, at);
    writing.signed("site", RecoveryNote { keepers, ..fresh }, note.version > 1)?;
    if asked.compromised {
        writing.due(&Compartment::ALL.into_iter().collect(), RotationCause::Compromise, id)?;
    }
    writing.prepared(Done {}, vec![about(id)])
}

/// As many as there are shares; nobody said stands as an empty one.
fn keepers(named: &[String], shares: i32) -> Result<Vec<String>, Failure> {
    let shares = usize::try_from(shares).map_err(|_| Code::Internal.bare())?;
    let short = |name: &String| name.chars().count() <= 80 && !name.chars().any(char::is_control);
    if named.len() > shares || !named.iter().all(short) {
        return Err(Code::Invalid.with("field", "keepers"));
    }
    let mut keepers = named.to_vec();
    keepers.resize(shares, String::new());
    Ok(keepers)
}

impl Desk<'_> {
    /// Brings the recovery key back and opens what it holds.
    pub(super) fn recovered(&self, people: &People, shares: &[RecoveryShare]) -> Result<Recovered, Failure> {
        let recovery = &self.site.recovery;
        let keys = recombine(shares, self.site.site, recovery).map_err(|refused| refused_shares(&refused))?;
        let mut roots = Vec::new();
        for grant in people.grants_of(recovery.id).filter(|grant| grant.state() == GrantState::Active) {
            roots.push(grant.open((recovery.id, &keys), &people.directory, self.site, None)?);
        }
        Ok(Recovered { keys, roots })
    }

    /// The note about the shares, if an administrator has signed one.
    pub(super) async fn recovery_note(&self) -> Result<Option<RecoveryNote>, Failure> {
        let Some(stored) = self.of_site(RecoveryNote::id_of(self.site.site)).await? else { return Ok(None) };
        let signed = Signed::<RecoveryNote>::from_document(&stored)?;
        Ok(Some(self.keys.directory.signed_by_author(&signed)?.clone()))
    }

    /// The note as its next version; the first where there is none yet.
    async fn note_to_change(&self) -> Result<RecoveryNote, Failure> {
        let shares = usize::try_from(self.site.recovery.shares).map_err(|_| Code::Internal.bare())?;
        let note = self.recovery_note().await?;
        let next = note.map(|note| RecoveryNote { version: note.version + 1, ..note });
        Ok(next.unwrap_or_else(|| RecoveryNote::fresh(self.site.site, shares, 1, self.now())))
    }

    /// The site's keys as copies that the new recovery key opens.
    async fn copy_site_keys(&self, writing: &mut PeopleWriting<'_>, public: &RecoveryPublic) -> Result<(), Failure> {
        for epoch in std::iter::once(self.site.site_key).chain(self.site.former) {
            let key = SiteKey::load_epoch(self.keychain, self.site.site, epoch)?;
            let there = self.of_site(recovery_copy_id(self.site.site, epoch)).await?.is_some();
            writing.put("site", seal_recovery_copy(&key, epoch, public)?, there)?;
        }
        Ok(())
    }
}

/// Refused shares, with the reason in words: numbers and counts, never a word of a share.
pub(super) fn refused_shares(refused: &RecoveryError) -> Failure {
    match refused {
        RecoveryError::Key(error) => error.clone().into(),
        other => Code::Shares.with("why", other.to_string()),
    }
}
