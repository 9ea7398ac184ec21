//! A clinic on the disk, under the target folder, gone afterwards; the keychain alone is in memory.

use std::sync::Arc;
use tempfile::TempDir;
use wardseal::app::demo_clinic::found_demo_as;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{Home, Workstation};
use wardseal::clock::SystemClock;
use wardseal::crypt::Profile;
use wardseal::keys::{MemoryKeychain, SlotCost};
use wardseal::secret::Password;
use wardseal::store::embedded::Embedded;

/// For benchmarks that sign in only to begin.
pub const CHEAP: SlotCost = SlotCost::CHEAP;

/// The clinic and its one seat.
pub struct Clinic {
    pub seat: Workstation,
    // Dropped last: the seat's files lie in it.
    folder: TempDir,
}

impl Clinic {
    /// Founded a moment ago, with nobody signed in.
    pub async fn new(cost: SlotCost) -> Self {
        Self::of(Profile::Queryable, cost).await
    }

    /// As [`Clinic::new`], with searchable values of this profile.
    pub async fn of(profile: Profile, cost: SlotCost) -> Self {
        let folder = folder();
        let home = Home::at(folder.path().join("home"));
        home.create().unwrap();
        let (keychain, clock) = (Arc::new(MemoryKeychain::new()), Arc::new(SystemClock::start()));
        let store = Embedded::open(&home.store()).unwrap();
        found_demo_as(profile, &home, keychain.as_ref(), &store, clock.as_ref(), cost).await.unwrap();
        drop(store);
        let seat = Workstation::open(home, keychain, clock).await.unwrap();
        Self { seat, folder }
    }

    /// Where its files lie.
    pub fn home(&self) -> Home {
        Home::at(self.folder.path().join("home"))
    }

    /// Signs in with the demo's password.
    pub async fn sign_in(&mut self, username: &str) {
        assert!(self.seat.sign_in(username, &password()).await.is_ok(), "{username} can sign in");
    }
}

/// A folder on the disk that holds the build, as `/tmp` may be in memory.
pub fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// The demo's password.
pub fn password() -> Password {
    Password::new(DEMO_PASSWORD.to_owned())
}
