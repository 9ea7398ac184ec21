//! AWS KMS against moto over TLS.

use super::clinic::{anna_comes, finds_anna, founded, reach, refused, stored_keys};
use super::peers::Moto;
use wardseal::app::Code;
use wardseal::record::Compartment;

const VARIABLES: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "ward"), ("AWS_SECRET_ACCESS_KEY", "ward")];

#[tokio::test]
async fn a_clinic_under_aws_works_until_the_key_is_gone() {
    let Some(moto) = Moto::start() else { return };
    let reach = reach(&moto.authority.file(), None, &VARIABLES);
    let arn = moto.create_key();
    let keys = [(Compartment::Clinical, moto.named(&arn)), (Compartment::Front, moto.named(&arn))];
    let keys: Vec<_> = keys.iter().map(|(of, key)| (*of, key.as_str())).collect();
    let mut world = founded(&keys, &reach).await.unwrap();
    anna_comes(&mut world).await;
    finds_anna(&world, &reach, "osei").await;
    assert!(stored_keys(&world, "aws:front").await.len() > 5, "the searchable paths too");

    // Of a key that is gone the service says that it isn't to be used by whoever asks.
    moto.as_operator(
        "import requests, sys\nassert requests.post(k.meta.endpoint_url + '/moto-api/reset', verify=k._endpoint.http_session._verify).ok",
    );
    let told = refused(&world, &reach, "osei").await;
    assert_eq!((told.code, told.fields["why"].as_str()), (Code::Kms, Some("denied")), "{told}");
}

#[tokio::test]
async fn a_key_that_never_was_founds_no_clinic() {
    let Some(moto) = Moto::start() else { return };
    let reach = reach(&moto.authority.file(), None, &VARIABLES);
    let arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
    let failed = founded(&[(Compartment::Clinical, &moto.named(arn))], &reach).await.err().unwrap();
    assert!(failed.to_string().contains("kms"), "{failed}");
}
