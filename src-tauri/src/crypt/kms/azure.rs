//! Microsoft's credentials: keychain or environment (an application's secret), workload identity, managed identity.

use super::credentials::{Field, Secrets, Sources, Text, access_token, form, text};
use super::error::KmsFault;
use crate::net::Request;
use zeroize::Zeroizing;

const METADATA: &str = "http://169.254.169.254";
const LOGIN: &str = "https://login.microsoftonline.com";
const AUDIENCE: &str = "https://vault.azure.net";

pub(super) async fn credentials(sources: &Sources<'_>, stored: Option<&Secrets>) -> Result<Vec<Field>, KmsFault> {
    if let Some(stored) = stored {
        let (tenant, client) = (stored.need("tenant_id")?, stored.need("client_id")?);
        return Ok(application(sources, tenant, client, stored.need("client_secret")?));
    }
    let variable = |name| sources.surroundings.variable(name).map(text);
    let (tenant, client) = (variable("AZURE_TENANT_ID"), variable("AZURE_CLIENT_ID"));
    match (tenant, client, variable("AZURE_CLIENT_SECRET"), variable("AZURE_FEDERATED_TOKEN_FILE")) {
        (Some(tenant), Some(client), Some(secret), _) => Ok(application(sources, tenant, client, secret)),
        (Some(tenant), Some(client), None, Some(file)) => workload(sources, &tenant, &client, &file).await,
        (_, client, ..) => managed(sources, client).await,
    }
}

fn authority<'s>(sources: &Sources<'s>) -> &'s str {
    sources.surroundings.variable("AZURE_AUTHORITY_HOST").unwrap_or(LOGIN).trim_end_matches('/')
}

/// libmongocrypt asks for the token itself.
fn application(sources: &Sources<'_>, tenant: Text, client: Text, secret: Text) -> Vec<Field> {
    let host = authority(sources);
    let host = host.strip_prefix("https://").unwrap_or(host);
    vec![
        Field::Text("tenantId", tenant),
        Field::Text("clientId", client),
        Field::Text("clientSecret", secret),
        Field::Text("identityPlatformEndpoint", text(host)),
    ]
}

/// The platform's own token, exchanged for one of the vault.
async fn workload(sources: &Sources<'_>, tenant: &str, client: &str, file: &str) -> Result<Vec<Field>, KmsFault> {
    let assertion = std::fs::read_to_string(file).map(Zeroizing::new);
    let assertion = assertion.map_err(|_| KmsFault::NoCredentials("the workload's token file can't be read"))?;
    let scope = format!("{AUDIENCE}/.default");
    let body = form(&[
        ("grant_type", "client_credentials"),
        ("client_id", client),
        ("scope", &scope),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion.trim()),
    ]);
    let url = format!("{}/{tenant}/oauth2/v2.0/token", authority(sources));
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = sources.ask(&Request { method: "POST", url: &url, headers: &headers, body: &body }).await?;
    let answer = answer.ok_or(KmsFault::NoCredentials("the authority isn't reached over TLS"))?;
    Ok(vec![Field::Text("accessToken", access_token(&answer)?)])
}

/// The token of the machine itself.
async fn managed(sources: &Sources<'_>, client: Option<Text>) -> Result<Vec<Field>, KmsFault> {
    const NONE: KmsFault =
        KmsFault::NoCredentials("neither keychain nor environment nor the machine's managed identity has any");
    let base = sources.surroundings.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST").unwrap_or(METADATA);
    let mut query = form(&[("api-version", "2018-02-01"), ("resource", AUDIENCE)]).to_vec();
    if let Some(client) = client {
        query.push(b'&');
        query.extend_from_slice(&form(&[("client_id", &client)]));
    }
    let query = String::from_utf8(query).map_err(|_| KmsFault::Nonsense)?;
    // A value's dots and dashes may stay as they are in a query; escaped they mean the same.
    let url = format!("{}/metadata/identity/oauth2/token?{query}", base.trim_end_matches('/'));
    let request = Request { method: "GET", url: &url, headers: &[("Metadata", "true")], body: &[] };
    let answer = sources.ask(&request).await?.ok_or(NONE)?;
    if matches!(answer.status, 400 | 404) {
        return Err(NONE);
    }
    Ok(vec![Field::Text("accessToken", access_token(&answer)?)])
}
