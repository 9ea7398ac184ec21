//! Signing in at the full cost of Argon2id, beside Argon2id alone.

use crate::clinic::{Clinic, password};
use crate::figures::Figures;
use wardseal::keys::{Slot, SlotCost};

const ROUNDS: usize = 7;

/// Signs in and spends the cost in turn.
pub async fn run(figures: &mut Figures) {
    let mut clinic = Clinic::new(SlotCost::FULL).await;
    let (signed_in, alone) = figures
        .medians(ROUNDS, async || clinic.sign_in("osei").await, async || Slot::spend(&password(), SlotCost::FULL))
        .await;
    figures.seconds("sign_in_s", signed_in);
    figures.seconds("argon2id_alone_s", alone);
    figures.ratio("sign_in_over_argon2id", signed_in, alone);
}
