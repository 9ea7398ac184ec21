//! Sign in, unlock, lock, sign out: who holds the seat.

use super::confirm_access::codes;
use super::error::{Code, Failure};
use super::home::{Home, draft_of, private};
use super::keys_at_hand::WaitingAccess;
use super::views::{DemoUser, SeatState, SeatView, UserView, WaitingView};
use super::workstation::Workstation;
use crate::audit::{self, Kind, Outcome, Sealer};
use crate::clock::Moment;
use crate::keys::{Account, Environment, LastSignIn, Signed, forms};
use crate::policy::{Role, VERSION, fingerprint};
use crate::secret::Password;
use crate::session::{Holder, Limits, LockCause, Locked, Seat, Session, Throttle, ThrottleRecord};
use crate::store::raw;
use bson::doc;
use std::collections::BTreeMap;
use std::io::Write as _;
use uuid::Uuid;

/// The demo clinic's sign-ins, shown on its sign-in screen; a real store has no default account.
pub const DEMO_USERS: [(&str, Role); 6] = [
    ("osei", Role::Doctor),
    ("kim", Role::Nurse),
    ("lopez", Role::FrontDesk),
    ("adams", Role::Administrator),
    ("park", Role::Auditor),
    ("import", Role::Import),
];

/// The password of every demo sign-in.
pub const DEMO_PASSWORD: &str = "welcome to the demo clinic";

/// The delays after failed sign-ins, kept in a file beside the store.
pub(super) struct Throttles {
    path: std::path::PathBuf,
    by_account: BTreeMap<Uuid, Throttle>,
}

impl Throttles {
    /// Goes on from what was stored; a file that can't be read counts as no failures.
    pub(super) fn load(home: &Home, now: Moment) -> Self {
        let path = home.folder().join("throttle.json");
        let stored = std::fs::read(&path).ok();
        let stored: Option<BTreeMap<Uuid, ThrottleRecord>> =
            stored.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let resume = |(id, record)| (id, Throttle::resume(record, now));
        Self { path, by_account: stored.unwrap_or_default().into_iter().map(resume).collect() }
    }

    fn of(&mut self, account: Uuid, now: Moment) -> &mut Throttle {
        self.by_account.entry(account).or_insert_with(|| Throttle::resume(ThrottleRecord::default(), now))
    }

    fn store(&self, now: Moment) -> Result<(), Failure> {
        let records: BTreeMap<_, _> =
            self.by_account.iter().map(|(id, throttle)| (*id, throttle.record(now))).collect();
        let bytes = serde_json::to_vec(&records).map_err(|_| Code::Internal.bare())?;
        let draft = draft_of(&self.path);
        private().create(true).truncate(true).open(&draft)?.write_all(&bytes)?;
        Ok(std::fs::rename(&draft, &self.path)?)
    }
}

impl Workstation {
    /// Signs a user in on a vacant seat, unlocks the holder's own, or takes a locked seat over.
    ///
    /// # Errors
    /// [`Code::WrongSignIn`] (the same for a wrong password, an unknown and an inactive user), [`Code::Wait`], what is
    /// wrong with the keychain or the stored keys; all are audited.
    pub async fn sign_in(&mut self, username: &str, password: &Password) -> Result<SeatView, Failure> {
        if matches!(self.seat, Seat::Open(_)) {
            self.lock(LockCause::Manual).await?;
        }
        let username = username.trim().to_lowercase();
        self.follow_site().await?;
        let stored = self.stored_keys().await?;
        let account = stored.by_username(&username).map(|(_, account)| account.clone());
        // An unknown name has a throttle too, so that waiting doesn't tell which names exist.
        let throttled = account.as_ref().map_or_else(|| Uuid::new_v5(&self.record.site, username.as_bytes()), |a| a.id);
        let now = self.clock.moment();
        if let Err(wait) = self.may_try(throttled, now) {
            self.note_sign_in(account.as_ref(), Err(Code::Wait)).await?;
            return Err(wait);
        }
        let mut opened = self.open_keys(stored, &username, password).await;
        if opened.as_ref().is_err_and(|failure| failure.code == Code::KeysDamaged) && self.follow_site().await? {
            // Keys were replaced between two of the reads.
            opened = self.open_keys(self.stored_keys().await?, &username, password).await;
        }
        crate::zero::burn_stack();
        let keys = match opened {
            Ok(keys) => keys,
            Err(failure) => return Err(self.refused_sign_in(account.as_ref(), throttled, failure).await),
        };
        self.throttles.of(throttled, now).succeeded(now);
        self.throttles.store(now)?;
        self.seat_user(&keys.account)?;
        self.keys = Some(keys);
        if let Err(failure) = self.begin(account.as_ref()).await {
            self.drop_keys(LockCause::System);
            return Err(failure);
        }
        self.settle_own().await;
        // Looked at again at every sign-in: a store that is silent now keeps nobody out.
        if let Err(failure) = self.drop_drafts_of_the_erased().await {
            tracing::warn!(%failure, "it isn't known whether a draft is of an erased patient");
        }
        Ok(self.seat_view())
    }

    /// The row of a sign-in, under a signed head: what came before can't be cut off unnoticed.
    async fn begin(&self, account: Option<&Account>) -> Result<(), Failure> {
        self.renew_lease().await?;
        self.note_sign_in(account, Ok(())).await?;
        if let Err(failure) = self.note_last_sign_in().await {
            tracing::warn!(%failure, "the last sign-in can't be remembered");
        }
        self.sign_audit_head().await
    }

    fn seat_user(&mut self, account: &Account) -> Result<(), Failure> {
        let role = Role::from_code(&account.role).ok_or_else(|| Code::KeysDamaged.bare())?;
        let holder = Holder { user: account.id, role, name: account.name.clone(), initials: account.initials.clone() };
        let (id, limits, now) = (Uuid::new_v4(), Limits::for_role(role), self.now());
        match &self.seat {
            Seat::Vacant => self.seat.sign_in(id, holder, limits, now)?,
            Seat::Locked(locked) if locked.holder.user == account.id => {
                self.seat.unlock(id, holder, limits, now).map(|_| ())?;
            }
            Seat::Locked(_) | Seat::Open(_) => self.seat.take_over(id, holder, limits, now).map(|_| ())?,
        }
        Ok(())
    }

    async fn refused_sign_in(&mut self, account: Option<&Account>, throttled: Uuid, failure: Failure) -> Failure {
        if failure.code == Code::WrongSignIn
            && let Err(failure) = self.count_failure(throttled, self.clock.moment())
        {
            return failure;
        }
        self.note_sign_in(account, Err(failure.code)).await.err().unwrap_or(failure)
    }

    /// Whether an attempt of this account is looked at now.
    pub(super) fn may_try(&mut self, account: Uuid, now: Moment) -> Result<(), Failure> {
        let wait = self.throttles.of(account, now).may_try(now);
        wait.map_err(|wait| Code::Wait.with("seconds", wait.0.as_secs().max(1)))
    }

    /// Counts a wrong password.
    pub(super) fn count_failure(&mut self, account: Uuid, now: Moment) -> Result<(), Failure> {
        if self.throttles.of(account, now).failed(now).alert {
            tracing::warn!("four failed sign-ins of one account within five minutes");
        }
        self.throttles.store(now)
    }

    /// Remembers, signed by the user, that she was here. A courtesy to the administrator, so no failure of the sign-in.
    async fn note_last_sign_in(&self) -> Result<(), Failure> {
        let keys = self.keys()?;
        let (user, workstation) = (keys.account.id, self.enrolment.workstation);
        let signed = Signed::sign(LastSignIn { user, at: self.clock.wall(), workstation }, user, keys.user.signer())?;
        let only = doc! { "_id": forms::uuid_bson(user) };
        let update = doc! { "q": only, "u": signed.to_document()?, "upsert": true };
        let command = raw(&doc! { "update": "sign_ins", "updates": [update] })?;
        self.store().run(command).await.map(drop).map_err(Failure::from)
    }

    async fn note_sign_in(&self, account: Option<&Account>, result: Result<(), Code>) -> Result<(), Failure> {
        let mut event = self.system_event("sign_in");
        event.actor = account.map(|account| account.id);
        event.role =
            account.and_then(|account| Role::from_code(&account.role)).map(|role| audit::Code::of(role.code()));
        event.session = self.seat.session().filter(|_| result.is_ok()).map(|session| session.id);
        event.outcome = if result.is_ok() { Outcome::Allowed } else { Outcome::Denied };
        event.detail = result.err().map(|code| audit::Code::of(code.word()));
        // Before a sign-in there is no session to seal for: the row goes to the auditors and, if known, to the user.
        let mut readers = vec![self.auditors()?];
        readers.extend(account.map(|account| *account.keys.hpke.as_bytes()));
        self.audit.append(Kind::System, None, &event, &Sealer::to(&readers)?).await?;
        Ok(())
    }

    /// Unlocks for the holder of the locked seat.
    ///
    /// # Errors
    /// As [`Workstation::sign_in`]; [`Code::NotSignedIn`] when the seat isn't locked.
    pub async fn unlock(&mut self, password: &Password) -> Result<SeatView, Failure> {
        let Seat::Locked(locked) = &self.seat else { return Err(Code::NotSignedIn.bare()) };
        let user = locked.holder.user;
        let username = self.stored_keys().await?.directory.account(user).map(|account| account.username.clone());
        self.sign_in(&username.ok_or_else(|| Code::WrongSignIn.bare())?, password).await
    }

    /// Locks the seat: every secret leaves memory first, then the row is written and the audit head signed.
    ///
    /// # Errors
    /// When the row can't be written; the seat is locked all the same.
    pub async fn lock(&mut self, cause: LockCause) -> Result<SeatView, Failure> {
        if let Some(ended) = self.drop_keys(cause) {
            let detail = match cause {
                LockCause::Idle => "idle",
                LockCause::Manual => "manual",
                LockCause::Cap => "cap",
                LockCause::System => "system",
            };
            self.note_end("lock", ended, Some(detail)).await?;
        }
        Ok(self.seat_view())
    }

    /// Ends the session and leaves the seat vacant.
    ///
    /// # Errors
    /// As [`Workstation::lock`].
    pub async fn sign_out(&mut self) -> Result<SeatView, Failure> {
        self.forget_session();
        crate::zero::burn_stack();
        if let Some(ended) = self.seat.sign_out() {
            self.note_end("sign_out", ended, None).await?;
        }
        Ok(self.seat_view())
    }

    async fn note_end(
        &self,
        action: &'static str,
        ended: crate::session::SessionRef,
        detail: Option<&'static str>,
    ) -> Result<(), Failure> {
        let mut event = self.system_event(action);
        (event.actor, event.session) = (Some(ended.user), Some(ended.session));
        event.detail = detail.map(audit::Code::of);
        self.audit.append(Kind::System, None, &event, &self.system_sealer()?).await?;
        self.sign_audit_head().await
    }

    /// Notes input at the seat; too late, the seat locks.
    ///
    /// # Errors
    /// As [`Workstation::lock`].
    pub async fn touch(&mut self) -> Result<SeatView, Failure> {
        let now = self.now();
        match self.seat.due(now) {
            Some(cause) => self.lock(cause).await,
            None => {
                self.seat.touch(now);
                Ok(self.seat_view())
            }
        }
    }

    /// Locks the seat if its time is up. Called by the shell's timer.
    ///
    /// # Errors
    /// As [`Workstation::lock`].
    pub async fn tick(&mut self) -> Result<Option<SeatView>, Failure> {
        self.on_watch();
        match self.seat.due(self.now()) {
            Some(cause) => self.lock(cause).await.map(Some),
            None => Ok(None),
        }
    }

    /// Who holds the seat, for the screen.
    #[must_use]
    pub fn seat_view(&self) -> SeatView {
        self.save_places.follow(self.seat.session().map(|session| session.id));
        let demo = self.record.environment == Environment::Demo;
        let demo_user = |(username, role): &(&str, Role)| DemoUser {
            username: (*username).to_owned(),
            role: role.words().to_owned(),
            password: DEMO_PASSWORD.to_owned(),
        };
        SeatView {
            state: self.seat_state(),
            site: self.record.name.clone(),
            demo,
            demo_users: DEMO_USERS.iter().filter(|(_, role)| demo && *role != Role::Import).map(demo_user).collect(),
            store: self.store.kind(),
            policy: policy_version(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    fn seat_state(&self) -> SeatState {
        if let Some(record) = &self.retired {
            return SeatState::Retired { record: record.clone() };
        }
        match &self.seat {
            Seat::Vacant => SeatState::Vacant,
            Seat::Open(session) => self.open_state(session),
            Seat::Locked(locked) => locked_state(locked),
        }
    }

    fn open_state(&self, session: &Session) -> SeatState {
        let now = self.now();
        let ms = |left: std::time::Duration| u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        let Holder { role, name, initials, .. } = &session.holder;
        SeatState::Open {
            user: UserView { name: name.clone(), initials: initials.clone(), role: role.code().to_owned() },
            blur_in_ms: ms(session.blur_in(now)),
            warn_in_ms: ms(session.warn_in(now)),
            lock_in_ms: ms(session.lock_in(now)),
            choose_password: self.keys.as_ref().is_some_and(|keys| keys.temporary),
            waiting: self.keys.iter().flat_map(|keys| &keys.waiting).map(waiting_view).collect(),
        }
    }
}

fn waiting_view(waiting: &WaitingAccess) -> WaitingView {
    let compartments = codes(waiting.compartments.iter().copied());
    WaitingView { code: waiting.code.clone(), compartments }
}

fn locked_state(locked: &Locked) -> SeatState {
    SeatState::Locked {
        initials: locked.holder.initials.clone(),
        role: locked.holder.role.words().to_owned(),
        cause: locked.cause,
        since: locked.since,
        idle_s: (locked.cause == LockCause::Idle).then_some(locked.idle.as_secs()),
    }
}

/// Version of the role table with the first bytes of its hash, e.g. `1 · 7f3a`.
pub(super) fn policy_version() -> String {
    let [first, second, ..] = fingerprint();
    format!("{VERSION} · {first:02x}{second:02x}")
}
