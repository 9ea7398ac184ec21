//! Amazon's credentials: keychain, environment, shared credentials file, instance metadata (version 2 only).

use super::credentials::{Field, Secrets, Sources, Text, text};
use super::error::KmsFault;
use crate::net::Request;
use zeroize::Zeroizing;

const METADATA: &str = "http://169.254.169.254";

pub(super) async fn credentials(sources: &Sources<'_>, stored: Option<&Secrets>) -> Result<Vec<Field>, KmsFault> {
    if let Some(stored) = stored {
        return Ok(fields(
            stored.need("aws_access_key_id")?,
            stored.need("aws_secret_access_key")?,
            stored.get("aws_session_token"),
        ));
    }
    if let Some(found) = from_environment(sources) {
        return Ok(found);
    }
    match from_file(sources)? {
        Some(found) => Ok(found),
        None => from_metadata(sources).await,
    }
}

fn fields(id: Text, secret: Text, token: Option<&str>) -> Vec<Field> {
    let mut fields = vec![Field::Text("accessKeyId", id), Field::Text("secretAccessKey", secret)];
    fields.extend(token.filter(|token| !token.is_empty()).map(|token| Field::Text("sessionToken", text(token))));
    fields
}

fn from_environment(sources: &Sources<'_>) -> Option<Vec<Field>> {
    let variable = |name| sources.surroundings.variable(name);
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    Some(fields(text(id), text(secret), variable("AWS_SESSION_TOKEN")))
}

fn from_file(sources: &Sources<'_>) -> Result<Option<Vec<Field>>, KmsFault> {
    let named = sources.surroundings.variable("AWS_SHARED_CREDENTIALS_FILE").map(std::path::PathBuf::from);
    let Some(path) = named.or_else(|| sources.surroundings.in_home(".aws/credentials")) else { return Ok(None) };
    let Ok(read) = std::fs::read_to_string(path).map(Zeroizing::new) else { return Ok(None) };
    let profile = sources.surroundings.variable("AWS_PROFILE").unwrap_or("default");
    let lacking = || KmsFault::NoCredentials("the profile in the shared credentials file isn't whole");
    let Some(section) = section(&read, profile) else { return Ok(None) };
    let of = |name: &str| {
        let lines = section.lines().filter_map(|line| line.split_once('='));
        { lines }.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
    };
    let (id, secret) = (of("aws_access_key_id"), of("aws_secret_access_key"));
    let (id, secret) = id.zip(secret).ok_or_else(lacking)?;
    Ok(Some(fields(text(id), text(secret), of("aws_session_token"))))
}

/// The lines below `[name]`.
fn section<'t>(file: &'t str, name: &str) -> Option<&'t str> {
    let header = format!("[{name}]");
    let mut at = 0;
    for line in file.split_inclusive('\n') {
        at += line.len();
        if line.trim() == header {
            let rest = &file[at..];
            return Some(rest.find("\n[").map_or(rest, |end| &rest[..end]));
        }
    }
    None
}

async fn from_metadata(sources: &Sources<'_>) -> Result<Vec<Field>, KmsFault> {
    const NONE: KmsFault = KmsFault::NoCredentials(
        "neither keychain nor environment nor the shared credentials file nor the instance has any",
    );
    if sources.surroundings.variable("AWS_EC2_METADATA_DISABLED") == Some("true") {
        return Err(NONE);
    }
    let base = sources.surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or(METADATA);
    let base = base.trim_end_matches('/');
    let token = format!("{base}/latest/api/token");
    let lifetime = [("X-aws-ec2-metadata-token-ttl-seconds", "60")];
    let token = Request { method: "PUT", url: &token, headers: &lifetime, body: &[] };
    let token = sources.ask(&token).await?.filter(|answer| answer.status == 200).ok_or(NONE)?;
    let token = std::str::from_utf8(&token.body).map_err(|_| KmsFault::Nonsense)?;
    let headers = [("X-aws-ec2-metadata-token", token.trim())];
    let roles = format!("{base}/latest/meta-data/iam/security-credentials/");
    let role = Request { method: "GET", url: &roles, headers: &headers, body: &[] };
    let role = sources.ask(&role).await?.filter(|answer| answer.status == 200).ok_or(NONE)?;
    let role = std::str::from_utf8(&role.body).ok().and_then(|text| text.lines().next()).ok_or(NONE)?;
    let found = Request { method: "GET", url: &format!("{roles}{}", role.trim()), headers: &headers, body: &[] };
    let found = sources.ask(&found).await?.filter(|answer| answer.status == 200).ok_or(NONE)?;
    let found = Secrets::parse(&found.body)?;
    Ok(fields(found.need("AccessKeyId")?, found.need("SecretAccessKey")?, found.get("Token")))
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn a_profile_is_what_stands_below_its_name() {
        let file = "[default]\na=1\n\n[ward]\nb = 2\nc=3\n[other]\n";
        assert_eq!(section(file, "ward"), Some("b = 2\nc=3"));
        assert_eq!(section(file, "none"), None);
    }
}
