//! Azure and GCP: a TLS server of our own that answers as the published exchanges do.

use super::authority::Authority;
use super::clinic::{anna_comes, finds_anna, founded, reach, refused};
use super::server::{Heard, Reply, Server, json};
use serde_json::{Value, json as value};
use std::sync::{Arc, Mutex};
use wardseal::app::Code;
use wardseal::record::Compartment;

/// What the cloud is like today.
#[derive(Clone, Copy, PartialEq)]
pub enum Mood {
    Well,
    Lost,
    Forbidden,
    Busy,
    Garbage,
    WrongKey,
    Silent,
}

/// Wraps by turning a text round: what matters here is the exchange.
pub fn cloud(mood: Arc<Mutex<Mood>>) -> super::server::Answering {
    Arc::new(move |heard: &Heard| {
        if heard.line.contains("token") {
            // The reply of the vectors' "Successful oauth request".
            return json(
                200,
                r#"{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"AAAA"}"#,
            );
        }
        match *mood.lock().unwrap() {
            Mood::Well => wrapped(heard, None),
            Mood::WrongKey if heard.line.contains("unwrap") || heard.line.contains(":decrypt") => {
                wrapped(heard, Some("B".repeat(128)))
            }
            Mood::WrongKey => wrapped(heard, None),
            Mood::Lost => {
                json(404, r#"{"error":{"code":"KeyNotFound","message":"A key with that name was not found"}}"#)
            }
            Mood::Forbidden => json(403, r#"{"error":{"code":"Forbidden","message":"no"}}"#),
            Mood::Busy => json(503, r#"{"error":{"code":"Busy","message":"later"}}"#),
            Mood::Garbage => Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nBADJSON".to_vec()),
            Mood::Silent => Reply::Silence,
        }
    })
}

fn wrapped(heard: &Heard, instead: Option<String>) -> Reply {
    let body: Value = serde_json::from_str(&heard.body).unwrap();
    assert!(heard.head.replace(": ", ":").contains("Authorization:Bearer AAAA"), "{}", heard.head);
    let turned = |text: &str| instead.clone().unwrap_or_else(|| text.chars().rev().collect());
    let answer = match (body.get("value"), body.get("plaintext"), body.get("ciphertext")) {
        (Some(Value::String(text)), ..) => value!({ "kid": "https://vault/keys/k/1", "value": turned(text) }),
        (_, Some(Value::String(text)), _) => value!({ "name": "k", "ciphertext": turned(text) }),
        (.., Some(Value::String(text))) => value!({ "plaintext": turned(text) }),
        _ => panic!("{}", heard.body),
    };
    json(200, &answer.to_string())
}

/// A key of 2,048 bits in PKCS#8, made for these tests.
const SERVICE_ACCOUNT_KEY: &str = include_str!("../data/service_account.pem");

/// Who this machine is to Google.
pub fn service_account(address: &str) -> String {
    let key = SERVICE_ACCOUNT_KEY;
    value!({
        "type": "service_account",
        "client_email": "ward@ward.example",
        "private_key": key,
        "token_uri": format!("https://{address}/token"),
    })
    .to_string()
}

#[tokio::test]
async fn a_clinic_under_azure_and_gcp_works_and_each_fault_has_its_word() {
    let authority = Authority::named("Cloud CA");
    let mood = Arc::new(Mutex::new(Mood::Well));
    let server = Server::start(Some(&authority.server(90)), cloud(mood.clone()));
    let address = server.address.to_string();
    let account = authority.write("account.json", &service_account(&address)).display().to_string();
    let host = format!("https://{address}");
    let variables = [
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_CLIENT_ID", "client"),
        ("AZURE_CLIENT_SECRET", "secret"),
        ("AZURE_AUTHORITY_HOST", host.as_str()),
        ("GOOGLE_APPLICATION_CREDENTIALS", account.as_str()),
    ];
    let reach = reach(&authority.file(), None, &variables);
    let azure = format!("azure:{address}/clinical/1a2b");
    let gcp = format!("gcp:projects/p/locations/global/keyRings/r/cryptoKeys/k@{address}");
    let keys = [(Compartment::Clinical, azure.as_str()), (Compartment::Insurance, gcp.as_str())];
    let mut world = founded(&keys, &reach).await.unwrap();
    anna_comes(&mut world).await;
    finds_anna(&world, &reach, "osei").await;
    let lines = server.lines();
    for part in [
        "/tenant/oauth2/v2.0/token",
        "/keys/clinical/1a2b/wrapkey",
        "/keys/clinical/1a2b/unwrapkey",
        "/token",
        "cryptoKeys/k:encrypt",
        "cryptoKeys/k:decrypt",
    ] {
        assert!(lines.iter().any(|line| line.contains(part)), "{part}: {lines:?}");
    }
    let faults = [
        (Mood::Lost, "key_lost"),
        (Mood::Forbidden, "denied"),
        (Mood::Busy, "down"),
        (Mood::Garbage, "nonsense"),
        (Mood::WrongKey, "wrong_key"),
        (Mood::Silent, "slow"),
    ];
    for (today, why) in faults {
        *mood.lock().unwrap() = today;
        let told = refused(&world, &reach, "osei").await;
        assert_eq!((told.code, told.fields["why"].as_str()), (Code::Kms, Some(why)), "{told}");
    }
    *mood.lock().unwrap() = Mood::Well;
    finds_anna(&world, &reach, "osei").await;
}
