//! What the window refuses to a script that got in.

use crate::seat::Seat;
use serde_json::{Value, json};

/// What happened to one attempt: `done`, `refused` or, when no answer comes, `silence`.
async fn tries(seat: &Seat, attempt: &str) -> Value {
    let script = format!(
        "const tell = arguments[arguments.length - 1];
         setTimeout(() => tell('silence'), 2000);
         try {{ Promise.resolve({attempt}).then(() => tell('done'), () => tell('refused')); }}
         catch {{ tell('refused'); }}"
    );
    seat.client.execute_async(&script, vec![]).await.unwrap()
}

#[tokio::test]
async fn an_injected_script_reaches_nothing_but_the_one_command() {
    let seat = Seat::open().await;
    let invoke = |command: &str| format!("window.__TAURI_INTERNALS__.invoke({command})");
    assert_eq!(tries(&seat, &invoke("'call', { name: 'seat', args: {} }")).await, json!("done"));
    for attempt in [
        invoke("'plugin:window|set_title', { title: 'x' }"),
        invoke("'plugin:webview|create_webview_window', { options: { label: 'seat-9' } }"),
        invoke("'plugin:event|emit', { event: 'seat', payload: {} }"),
        invoke("'call', { name: 'open_chart', args: { patient: '00000000-0000-4000-8000-000000000000' } }"),
        "fetch('https://example.org/')".into(),
        "import('https://example.org/x.js')".into(),
        "new Function('return 1')()".into(),
    ] {
        assert_ne!(tries(&seat, &attempt).await, json!("done"), "{attempt}");
    }
    seat.leave().await;
}

#[tokio::test]
async fn the_window_goes_nowhere_else() {
    let seat = Seat::open().await;
    let here = seat.client.current_url().await.unwrap();
    seat.client.execute("location.href = 'https://example.org/'", vec![]).await.unwrap();
    assert_eq!(tries(&seat, "new Promise((go) => setTimeout(go, 500))").await, json!("done"));
    assert_eq!(seat.client.current_url().await.unwrap(), here);
    seat.client.execute("window.open('https://example.org/')", vec![]).await.unwrap();
    assert_eq!(seat.client.windows().await.unwrap().len(), 1);
    let frozen = seat.client.execute("return Object.isFrozen(Object.prototype)", vec![]).await.unwrap();
    assert_eq!(frozen, json!(true));
    seat.leave().await;
}
