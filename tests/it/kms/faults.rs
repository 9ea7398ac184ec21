//! A service that is wrong in ways a real one seldom is: certificates, garbage, silence, an end in the middle.

use super::authority::{Authority, Pair};
use super::clinic::{founded, reach};
use super::server::{Answering, Reply, Server};
use std::sync::Arc;
use wardseal::app::found_site::FoundingFailed;
use wardseal::record::Compartment;

/// What IT is told whose founding needs such a service; nothing is founded.
async fn told(authority: &Authority, pair: &Pair, answering: Answering) -> (String, String) {
    let server = Server::start(Some(pair), answering);
    let identity = authority.write("identity.pem", &authority.client().pem());
    let reach = reach(&authority.file(), Some(&identity), &[]);
    let key = format!("kmip:{}", server.address);
    let failed = founded(&[(Compartment::Clinical, &key)], &reach).await.err().unwrap();
    let FoundingFailed::Failure(failure) = failed else { panic!("{failed}") };
    let text = |name: &str| failure.fields[name].as_str().unwrap().to_owned();
    (text("why"), text("told"))
}

fn says(reply: Reply) -> Answering {
    Arc::new(move |_| reply.clone())
}

#[tokio::test]
async fn each_fault_of_a_kmip_server_is_told_exactly() {
    let authority = Authority::named("Ward CA");
    let good = authority.server(90);
    let fine = || says(Reply::HangUp);
    let cases = [
        (authority.server(-1), fine(), "certificate_expired", "has expired"),
        (authority.server_called("kms.elsewhere.example"), fine(), "certificate", "is for another name"),
        (Authority::named("Nobody CA").server(90), fine(), "certificate", "signed by \"Nobody CA\""),
    ];
    for (pair, answering, why, part) in cases {
        let (word, sentence) = told(&authority, &pair, answering).await;
        assert_eq!(word, why);
        assert!(sentence.contains(part) && sentence.contains("Nothing was opened or changed"), "{sentence}");
    }
    let garbage = Reply::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n\0\0\0\0\0\0\0\0\0".to_vec());
    let cases = [(Reply::HangUp, "down"), (Reply::Silence, "slow"), (garbage, "nonsense")];
    for (reply, why) in cases {
        let (word, sentence) = told(&authority, &good, says(reply)).await;
        assert_eq!(word, why, "{sentence}");
    }
}

#[tokio::test]
async fn a_server_without_tls_and_one_that_knows_only_tls_1_1_are_refused() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let authority = Authority::named("Ward CA");
    let identity = authority.write("identity.pem", &authority.client().pem());
    // A ServerHello of TLS 1.1 with TLS_RSA_WITH_AES_128_CBC_SHA, and then plain text instead of one.
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    for (answer, why) in [(hello, "tls_version"), (b"220 mail.ward.example ESMTP\r\n".to_vec(), "certificate")] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let key = format!("kmip:{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut read = [0; 1024];
                _ = stream.read(&mut read).await;
                _ = stream.write_all(&answer).await;
            }
        });
        let reach = reach(&authority.file(), Some(&identity), &[]);
        let failed = founded(&[(Compartment::Clinical, &key)], &reach).await.err().unwrap();
        let FoundingFailed::Failure(failure) = failed else { panic!("{failed}") };
        assert_eq!(failure.fields["why"].as_str(), Some(why), "{failure}");
        server.abort();
    }
}

#[tokio::test]
async fn the_audit_cannot_be_put_under_a_service() {
    let authority = Authority::named("Ward CA");
    let reach = reach(&authority.file(), None, &[]);
    let failed = founded(&[(Compartment::Audit, "kmip:127.0.0.1:1")], &reach).await.err().unwrap();
    assert!(failed.to_string().contains("no data keys"), "{failed}");
}
