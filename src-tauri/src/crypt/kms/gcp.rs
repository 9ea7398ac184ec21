//! Google's credentials: keychain or application default credentials (a service account's key, a signed-in user), else
//! the metadata server.

use super::credentials::{Field, Secrets, Sources, access_token, base64, form, text};
use super::error::KmsFault;
use crate::net::Request;
use std::path::PathBuf;
use zeroize::Zeroizing;

const METADATA: &str = "metadata.google.internal";
const TOKENS: &str = "https://oauth2.googleapis.com/token";

pub(super) async fn credentials(sources: &Sources<'_>, stored: Option<&Secrets>) -> Result<Vec<Field>, KmsFault> {
    if let Some(stored) = stored {
        return of_document(sources, stored).await;
    }
    match default_credentials(sources)? {
        Some(found) => of_document(sources, &found).await,
        None => from_metadata(sources).await,
    }
}

fn default_credentials(sources: &Sources<'_>) -> Result<Option<Secrets>, KmsFault> {
    let named = sources.surroundings.variable("GOOGLE_APPLICATION_CREDENTIALS").map(PathBuf::from);
    let found =
        named.clone().or_else(|| sources.surroundings.in_home(".config/gcloud/application_default_credentials.json"));
    let Some(path) = found else { return Ok(None) };
    match std::fs::read(path).map(Zeroizing::new) {
        Ok(bytes) => Secrets::parse(&bytes).map(Some),
        Err(_) if named.is_some() => Err(KmsFault::NoCredentials("the file they are said to be in can't be read")),
        Err(_) => Ok(None),
    }
}

async fn of_document(sources: &Sources<'_>, found: &Secrets) -> Result<Vec<Field>, KmsFault> {
    match found.get("type") {
        Some("service_account") => service_account(found),
        Some("authorized_user") => signed_in_user(sources, found).await,
        _ => Err(KmsFault::NoCredentials("they are of a kind that isn't known here")),
    }
}

/// libmongocrypt signs a token with the key and exchanges it itself.
fn service_account(found: &Secrets) -> Result<Vec<Field>, KmsFault> {
    let bad = || KmsFault::NoCredentials("the service account's private key can't be read");
    let pem = found.need("private_key")?;
    let body = pem.split("-----").nth(2).ok_or_else(bad)?;
    let key = base64(body).filter(|key| !key.is_empty()).ok_or_else(bad)?;
    let mut fields = vec![Field::Text("email", found.need("client_email")?), Field::Bytes("privateKey", key)];
    let host = found.get("token_uri").and_then(|uri| uri.strip_prefix("https://")?.split('/').next());
    fields.extend(host.map(|host| Field::Text("endpoint", text(host))));
    Ok(fields)
}

async fn signed_in_user(sources: &Sources<'_>, found: &Secrets) -> Result<Vec<Field>, KmsFault> {
    let (client, secret) = (found.need("client_id")?, found.need("client_secret")?);
    let refresh = found.need("refresh_token")?;
    let body = form(&[
        ("grant_type", "refresh_token"),
        ("client_id", &client),
        ("client_secret", &secret),
        ("refresh_token", &refresh),
    ]);
    let url = found.get("token_uri").filter(|uri| uri.starts_with("https://")).unwrap_or(TOKENS);
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = sources.ask(&Request { method: "POST", url, headers: &headers, body: &body }).await?;
    let answer = answer.ok_or(KmsFault::Nonsense)?;
    Ok(vec![Field::Text("accessToken", access_token(&answer)?)])
}

async fn from_metadata(sources: &Sources<'_>) -> Result<Vec<Field>, KmsFault> {
    const NONE: KmsFault = KmsFault::NoCredentials(
        "neither keychain nor application default credentials nor the machine's metadata server has any",
    );
    let host = sources.surroundings.variable("GCE_METADATA_HOST").unwrap_or(METADATA);
    let url = format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/token");
    let request = Request { method: "GET", url: &url, headers: &[("Metadata-Flavor", "Google")], body: &[] };
    let answer = sources.ask(&request).await?.filter(|answer| answer.status != 404).ok_or(NONE)?;
    Ok(vec![Field::Text("accessToken", access_token(&answer)?)])
}
