//! The pictures in docs/screens, taken from the real window: `./task screens`.

use crate::seat::{DOCTOR, ESCAPE, FRONT_DESK, NURSE, Seat};
use std::path::PathBuf;

#[tokio::test]
#[ignore = "writes into docs/screens: ./task screens"]
async fn screens() {
    for (look, theme) in [("light", "Adwaita"), ("dark", "Adwaita:dark")] {
        let mut seat = Seat::open_with(&[("GTK_THEME", theme)]).await;
        seat.client.set_window_size(1280, 820).await.unwrap();
        photograph(&seat, "sign-in", look).await;
        for (role, person) in [("front-desk", FRONT_DESK), ("nurse", NURSE), ("doctor", DOCTOR)] {
            charts(&mut seat, role, person, look).await;
        }
        seat.leave().await;
    }
}

async fn charts(seat: &mut Seat, role: &str, person: (&str, &str), look: &str) {
    seat.signs_in(person).await;
    seat.searches("Smith").await;
    if role == "doctor" {
        photograph(seat, "search", look).await;
    }
    seat.opens("Smith").await;
    photograph(seat, &format!("chart-{role}"), look).await;
    if role == "doctor" {
        seat.sees("//footer//button").await.click().await.unwrap();
        seat.sees("//*[@role='dialog' or self::dialog]").await;
        photograph(seat, "status", look).await;
        seat.presses(ESCAPE).await;
    }
    seat.locks().await;
    if role == "doctor" {
        photograph(seat, "lock", look).await;
    }
    seat.sees("//button[contains(., 'Someone else')]").await.click().await.unwrap();
    seat.sees("//h1[contains(., 'Sign in')]").await;
}

async fn photograph(seat: &Seat, what: &str, look: &str) {
    // Fonts and plots have arrived when the document says so and two frames were drawn.
    let drawn = "const tell = arguments[arguments.length - 1];
        document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => tell(1))))";
    seat.client.execute_async(drawn, vec![]).await.unwrap();
    let folder = PathBuf::from(std::env::var_os("WARDSEAL_SCREENS").expect("run this as `./task screens`"));
    std::fs::write(folder.join(format!("{what}-{look}.png")), seat.client.screenshot().await.unwrap()).unwrap();
}
