//! Where credentials come from: each of the platforms' mechanisms hands out what the service then sees.

use super::authority::Authority;
use super::clinic::{founded, reach};
use super::clouds::{Mood, cloud};
use super::server::{Heard, Reply, Server, json};
use std::sync::{Arc, Mutex};
use wardseal::record::Compartment;

/// A metadata service in the clear, as the clouds have it on a link of its own.
fn metadata() -> Server {
    let text = |body: &str| {
        Reply::Bytes(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes())
    };
    let answering = move |heard: &Heard| match heard.line.as_str() {
        line if line.starts_with("PUT /latest/api/token") => text("one-token"),
        line if line.ends_with("security-credentials/ HTTP/1.1") => text("ward-role"),
        line if line.contains("security-credentials/ward-role") && heard.head.contains("one-token") => {
            json(200, r#"{"AccessKeyId":"FROMMETADATA","SecretAccessKey":"s","Token":"t"}"#)
        }
        line if line.contains("metadata/identity") && heard.head.contains("Metadata: true") => {
            json(200, r#"{"access_token":"AAAA"}"#)
        }
        line if line.contains("service-accounts/default/token") && heard.head.contains("Metadata-Flavor: Google") => {
            json(200, r#"{"access_token":"AAAA","expires_in":3599}"#)
        }
        _ => json(401, "{}"),
    };
    Server::start(None, Arc::new(answering))
}

/// AWS that answers with what it was asked for, in its own words.
fn aws() -> super::server::Answering {
    Arc::new(|heard: &Heard| {
        let body: serde_json::Value = serde_json::from_str(&heard.body).unwrap();
        let of = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let (plain, blob) = (of("Plaintext"), of("CiphertextBlob"));
        json(200, &serde_json::json!({ "KeyId": "k", "CiphertextBlob": plain, "Plaintext": blob }).to_string())
    })
}

const ARN: &str = "arn:aws:kms:us-east-1:123456789012:key/5b3c";

#[tokio::test]
async fn aws_credentials_come_from_environment_file_or_the_instance_in_this_order() {
    let authority = Authority::named("Cloud CA");
    let service = Server::start(Some(&authority.server(90)), aws());
    let instance = metadata();
    let base = format!("http://{}", instance.address);
    let file = authority.write(
        "credentials",
        "[default]\naws_access_key_id = no\naws_secret_access_key = no\n[ward]\naws_access_key_id = FROMFILE\naws_secret_access_key = s\n",
    );
    let (file, nothing) = (file.display().to_string(), authority.folder().join("none").display().to_string());
    let environment: &[(&str, &str)] = &[("AWS_ACCESS_KEY_ID", "FROMENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let in_file: &[(&str, &str)] = &[("AWS_SHARED_CREDENTIALS_FILE", &file), ("AWS_PROFILE", "ward")];
    let on_instance: &[(&str, &str)] =
        &[("AWS_SHARED_CREDENTIALS_FILE", &nothing), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &base)];
    for (variables, id) in [
        ([environment, in_file].concat(), "FROMENV"),
        (in_file.to_vec(), "FROMFILE"),
        (on_instance.to_vec(), "FROMMETADATA"),
    ] {
        let reach = reach(&authority.file(), None, &variables);
        let key = format!("aws:{ARN}@{}", service.address);
        founded(&[(Compartment::Clinical, &key)], &reach).await.unwrap();
        let last = service.heard.lock().unwrap().last().unwrap().head.clone();
        assert!(last.contains(&format!("Credential={id}/")), "{last}");
    }
    assert!(instance.lines()[0].starts_with("PUT /latest/api/token"), "version 2 only");
}

#[tokio::test]
async fn tokens_come_from_the_machines_identity_and_from_a_workload() {
    let authority = Authority::named("Cloud CA");
    let service = Server::start(Some(&authority.server(90)), cloud(Arc::new(Mutex::new(Mood::Well))));
    let (instance, address) = (metadata(), service.address.to_string());
    let base = format!("http://{}", instance.address);
    let host = instance.address.to_string();
    let token = authority.write("token", "federated").display().to_string();
    let secure = format!("https://{address}");
    let azure = format!("azure:{address}/clinical/1a2b");
    let gcp = format!("gcp:projects/p/locations/global/keyRings/r/cryptoKeys/k@{address}");
    let user = authority.write(
        "user.json",
        &format!(
            r#"{{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r","token_uri":"https://{address}/token"}}"#
        ),
    );
    let user = user.display().to_string();
    let ways: [(&str, Vec<(&str, &str)>); 4] = [
        (&azure, vec![("AZURE_POD_IDENTITY_AUTHORITY_HOST", &base)]),
        (
            &azure,
            vec![
                ("AZURE_TENANT_ID", "tenant"),
                ("AZURE_CLIENT_ID", "client"),
                ("AZURE_FEDERATED_TOKEN_FILE", &token),
                ("AZURE_AUTHORITY_HOST", &secure),
            ],
        ),
        (&gcp, vec![("GCE_METADATA_HOST", &host)]),
        (&gcp, vec![("GOOGLE_APPLICATION_CREDENTIALS", &user)]),
    ];
    for (key, variables) in ways {
        let reach = reach(&authority.file(), None, &variables);
        founded(&[(Compartment::Clinical, key)], &reach).await.unwrap();
    }
    let bodies: Vec<String> = service.heard.lock().unwrap().iter().map(|one| one.body.clone()).collect();
    assert!(bodies.iter().any(|body| body.contains("client_assertion=federated")));
    assert!(bodies.iter().any(|body| body.contains("grant_type=refresh%5Ftoken")));
}

#[tokio::test]
async fn without_credentials_it_is_said_where_they_were_looked_for() {
    let authority = Authority::named("Cloud CA");
    let reach = reach(&authority.file(), None, &[("AWS_EC2_METADATA_DISABLED", "true")]);
    let failed = founded(&[(Compartment::Clinical, &format!("aws:{ARN}"))], &reach).await.err().unwrap();
    let failed = format!("{failed:?}");
    assert!(failed.contains("neither keychain nor environment nor the shared credentials file"), "{failed}");
}
