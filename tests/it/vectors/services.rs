//! Published answers of key management services, given by a TLS server of our own to whoever asks.

use super::Report;
use crate::kms::authority::Authority;
use crate::kms::server::{Heard, Reply, Server, json};
use bson::{Bson, Document, RawDocumentBuf, doc};
use std::sync::Arc;
use std::time::Duration;
use wardseal::crypt::CryptError;
use wardseal::crypt::kms::{Locked, Reach, Surroundings};
use wardseal::keys::{CompartmentRoot, MasterKey, MemoryKeychain, forms};
use wardseal::net::Limits;
use wardseal::record::Compartment;

const TOKEN: &str = r#"{"access_token":"AAAA","expires_in":3599}"#;

/// Every place an answer is for, each over the network.
pub fn replies(report: &mut Report, case: &Document) {
    let name = case.get_str("description").unwrap_or("?");
    let reply: Vec<u8> = texts(case, "http_reply").concat().into_bytes();
    let fine = case.get_str("expect").is_ok_and(|expected| expected == "ok");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for place in texts(case, "ctx") {
        let done = runtime.block_on(taken(&place, reply.clone()));
        report.check("kms-tests", format!("{name}, {place}"), done == fine);
    }
}

fn texts(case: &Document, field: &str) -> Vec<String> {
    let all = case.get_array(field).map_or(&[][..], |all| all.as_slice());
    all.iter().filter_map(Bson::as_str).map(str::to_owned).collect()
}

/// Whether the answer was taken: whoever asked got on to the next question, or to the key.
async fn taken(place: &str, reply: Vec<u8>) -> bool {
    let authority = Authority::named("Vectors CA");
    let of_token = place.contains("oauth");
    let answering = move |heard: &Heard| match (is_token(heard), of_token) {
        (true, false) => json(200, TOKEN),
        (false, true) => Reply::HangUp,
        _ => Reply::Bytes(reply.clone()),
    };
    let server = Server::start(Some(&authority.server(90)), Arc::new(answering));
    let (reach, master) = setting(place, &authority, &server);
    let root = CompartmentRoot::create(Compartment::Clinical, 1).unwrap();
    let provider = wardseal::keys::provider_name(Compartment::Clinical, 1, Some(&master));
    let lock = Locked { provider: &provider, master: &master, root: &root };
    let keychain = MemoryKeychain::new();
    let asked = |token| server.heard.lock().unwrap().iter().filter(|heard| is_token(heard) == token).count();
    let done = if place.ends_with("decrypt") {
        reach.open_keys(&keychain, lock, &[stored(&root)]).await.map(drop)
    } else {
        reach.close_keys(&keychain, lock, &[session(&root)]).await.map(drop)
    };
    match done {
        Ok(()) => true,
        Err(error) if of_token => {
            assert!(matches!(error, CryptError::Kms(_)), "{error}");
            asked(false) > 0
        }
        // To prove what it wrapped, it is opened once more, with an answer that is none to that.
        Err(CryptError::Kms(_)) if place.ends_with("datakey") => asked(false) > 1 && reached_opening(&server),
        Err(error) => {
            assert!(matches!(error, CryptError::Kms(_)), "{error}");
            false
        }
    }
}

fn is_token(heard: &Heard) -> bool {
    heard.line.contains("token")
}

/// Whether somebody has asked for what was wrapped to be opened.
fn reached_opening(server: &Server) -> bool {
    let heard = server.heard.lock().unwrap();
    heard.iter().any(|one| {
        let whole = format!("{}{}", one.line, one.head);
        ["TrentService.Decrypt", "unwrapkey", ":decrypt"].iter().any(|part| whole.contains(part))
    })
}

fn setting(place: &str, authority: &Authority, server: &Server) -> (Reach, MasterKey) {
    let address = server.address.to_string();
    let host = format!("https://{address}");
    let account = authority.write("account.json", &crate::kms::service_account(&address)).display().to_string();
    let variables = [
        ("AWS_ACCESS_KEY_ID", "ward"),
        ("AWS_SECRET_ACCESS_KEY", "ward"),
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_CLIENT_ID", "client"),
        ("AZURE_CLIENT_SECRET", "secret"),
        ("AZURE_AUTHORITY_HOST", &host),
        ("GOOGLE_APPLICATION_CREDENTIALS", &account),
    ];
    let master = match place.split('_').next() {
        Some("azure") => format!("azure:{address}/key/1"),
        Some("gcp") => format!("gcp:projects/p/locations/l/keyRings/r/cryptoKeys/k@{address}"),
        _ => format!("aws:arn:aws:kms:us-east-1:579766882180:key/89fcc2c4@{address}"),
    };
    let (second, tries) = (Duration::from_secs(2), 1);
    let reach = Reach {
        ca_file: Some(authority.file()),
        limits: Limits { connect: second, answer: second, tries, pause: Duration::from_millis(1) },
        surroundings: Surroundings::of(&variables),
        ..Reach::default()
    };
    (reach, master.parse().unwrap())
}

/// A data key as a session has it.
fn session(root: &CompartmentRoot) -> RawDocumentBuf {
    let provider = wardseal::crypt::Provider { name: root.provider(), key: root.root() };
    let crypt = wardseal::crypt::Crypt::open(&[provider], Arc::new(wardseal::crypt::KeyRing::default()), None).unwrap();
    crypt.create_data_key(&root.provider(), &["vector"]).unwrap()
}

/// A data key as it is stored; what was wrapped doesn't matter to an answer that is given whatever is asked.
fn stored(root: &CompartmentRoot) -> RawDocumentBuf {
    let session = session(root);
    let id = wardseal::crypt::id_of(&session).unwrap();
    let mut stored = Document::try_from(session).unwrap();
    stored.extend(doc! { "keyMaterial": forms::binary(&root.cover(id, &[7; 128]).unwrap()) });
    super::raw(&stored)
}
