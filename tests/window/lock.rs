//! What a lock does to the window.

use crate::seat::{DOCTOR, Seat};

#[tokio::test]
async fn after_a_lock_the_window_is_another_one_and_knows_nothing() {
    let mut doctor = Seat::open().await;
    doctor.signs_in(DOCTOR).await;
    doctor.opens("Smith").await;
    let marked = "window.before = document.body.innerText; return 1";
    doctor.client.execute(marked, vec![]).await.unwrap();
    doctor.locks().await;
    let kept = doctor.client.execute("return typeof window.before", vec![]).await.unwrap();
    assert_eq!(kept, "undefined");
    doctor.leave().await;
}
