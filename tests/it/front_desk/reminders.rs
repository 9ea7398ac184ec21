//! Reminders over a real connection to a mail relay: what is said, to whom, and what becomes of those that fail.

use super::*;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use wardseal::app::Code;

/// A relay that keeps what it is told; it refuses messages while `refuses`.
struct Relay {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
    refuses: Arc<std::sync::atomic::AtomicBool>,
}

async fn relay() -> Relay {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heard = Arc::new(Mutex::new(vec![]));
    let refuses = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (kept, refusing) = (heard.clone(), refuses.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 relay.test\r\n").await.unwrap();
            let (mut data, mut mail) = (false, String::new());
            let mut line = String::new();
            while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
                mail.push_str(&line);
                let answer = match line.trim_end() {
                    "." if data => {
                        data = false;
                        kept.lock().unwrap().push(std::mem::take(&mut mail));
                        "250 taken\r\n"
                    }
                    _ if data => "",
                    "DATA" => {
                        data = true;
                        "354 go on\r\n"
                    }
                    "QUIT" => "221 bye\r\n",
                    told if told.starts_with("EHLO") => "250-relay.test\r\n250 8BITMIME\r\n",
                    told if told.starts_with("RCPT") && refusing.load(std::sync::atomic::Ordering::Relaxed) => {
                        "451 not now\r\n"
                    }
                    _ => "250 fine\r\n",
                };
                stream.write_all(answer.as_bytes()).await.unwrap();
                line.clear();
            }
        }
    });
    Relay { address, heard, refuses }
}

async fn send(world: &mut World) -> Value {
    world.seat.dispatch("send_reminders", json!({})).await.unwrap()
}

#[tokio::test]
async fn patients_are_reminded_the_day_before_on_the_day_and_of_a_missed_visit_without_a_word_about_them() {
    let relay = relay().await;
    let Monday { mut world, anna, ben, .. } = monday().await;
    let refused = world.seat.dispatch("send_reminders", json!({})).await.err().unwrap();
    assert_eq!(refused.code, Code::NoRelay);
    let policy = json!({ "mail": { "relay": relay.address, "from": "desk@clinic.example" } });
    std::fs::write(world.home().folder().join("policy.json"), policy.to_string()).unwrap();
    // 07:30: today at nine, tomorrow at eight no more than a day ahead is not; Ben has no address.
    let today = booked(&mut world.seat, anna, plan("2026-11-23", 540, OSEI)).await;
    booked(&mut world.seat, anna, plan("2026-11-24", 480, OSEI)).await;
    booked(&mut world.seat, ben, plan("2026-11-23", 570, OSEI)).await;
    assert_eq!(send(&mut world).await, json!({ "sent": 1, "failed": 0, "without_address": 1 }));
    assert_eq!(
        send(&mut world).await,
        json!({ "sent": 0, "failed": 0, "without_address": 0 }),
        "nobody is reminded twice"
    );
    world.clock.set_wall(Timestamp(MONDAY.0 + 3 * 3_600_000));
    world.sign_in("lopez").await;
    relay.refuses.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(send(&mut world).await, json!({ "sent": 0, "failed": 1, "without_address": 0 }), "tomorrow's");
    relay.refuses.store(false, std::sync::atomic::Ordering::Relaxed);
    let today = super::today(&mut world.seat).await.into_iter().find(|one| one["item"] == today["item"]).unwrap();
    with(&mut world.seat, "step_visit", &today, json!({ "step": "miss" })).await.unwrap();
    assert_eq!(
        send(&mut world).await,
        json!({ "sent": 2, "failed": 0, "without_address": 0 }),
        "what failed is tried again"
    );
    let heard = relay.heard.lock().unwrap().clone();
    let subjects: Vec<&str> =
        heard.iter().map(|mail| mail.lines().find(|line| line.starts_with("Subject:")).unwrap()).collect();
    for subject in ["Appointment today", "Appointment tomorrow", "Missed appointment"] {
        assert!(subjects.iter().any(|one| one.ends_with(subject)), "{subjects:?}");
    }
    for mail in &heard {
        assert!(mail.contains("RCPT TO:<anna@example.org>"));
        // The address is what the relay needs; nothing else is anybody's.
        let text = mail.replace("anna@example.org", "").to_lowercase();
        let secrets = ["anna", "smith", "osei", "follow", "1968", "9:00", "2026-11-24", &anna.to_string()];
        assert!(secrets.iter().all(|word| !text.contains(word)), "{text}");
    }
}

#[tokio::test]
async fn only_the_front_desk_sends_reminders() {
    let Monday { mut world, .. } = monday().await;
    for who in ["osei", "kim", "adams"] {
        world.sign_in(who).await;
        assert_eq!(world.seat.dispatch("send_reminders", json!({})).await.err().unwrap().code, Code::NoRight, "{who}");
    }
}
