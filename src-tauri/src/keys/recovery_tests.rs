//! Two of three shares bring the recovery key back; one, or two of different sets, bring nothing.

use super::*;
use proptest::prelude::*;

const SITE: Uuid = Uuid::from_u128(5);

fn founded() -> (UserKeys, RecoveryPublic, Vec<RecoveryShare>) {
    let keys = UserKeys::create().unwrap();
    let shares = split(&keys, SITE, 2, 3).unwrap();
    let public = RecoveryPublic { id: Uuid::from_u128(6), keys: keys.public(), needed: 2, shares: 3 };
    (keys, public, shares)
}

fn again(share: &RecoveryShare) -> RecoveryShare {
    RecoveryShare::parse(&share.words().unwrap()).unwrap()
}

#[test]
fn any_two_of_three_shares_written_down_and_typed_again_bring_the_key_back() {
    let (keys, public, shares) = founded();
    for (a, b) in [(0, 1), (0, 2), (2, 1)] {
        let back = recombine(&[again(&shares[a]), again(&shares[b])], SITE, &public).unwrap();
        assert_eq!(back.public(), keys.public());
    }
    let all: Vec<_> = shares.iter().map(again).collect();
    assert_eq!(recombine(&all, SITE, &public).unwrap().public(), keys.public());
}

#[test]
fn one_share_twice_is_one_share() {
    let (_, public, shares) = founded();
    let refused = recombine(&[again(&shares[0]), again(&shares[0])], SITE, &public).err();
    assert_eq!(refused, Some(RecoveryError::NotEnough { found: 1, needed: 2 }));
}

#[test]
fn shares_of_two_sets_are_refused() {
    let (_, public, shares) = founded();
    let (_, _, others) = founded();
    let refused = recombine(&[again(&shares[0]), again(&others[1])], SITE, &public).err().unwrap();
    assert!(matches!(refused, RecoveryError::OtherSet(2) | RecoveryError::Mixed), "{refused}");
    let mut disguised = again(&others[1]);
    disguised.set = shares[0].set;
    let refused = recombine(&[again(&shares[0]), disguised], SITE, &public).err();
    assert_eq!(refused, Some(RecoveryError::Mixed));
}

#[test]
fn a_misspelt_word_is_named_by_its_place() {
    let (_, _, shares) = founded();
    let words = shares[0].words().unwrap().to_string();
    let mut list: Vec<&str> = words.split(' ').collect();
    list[6] = "hospitl";
    assert_eq!(RecoveryShare::parse(&list.join(" ")).err(), Some(RecoveryError::UnknownWord(7)));
    assert_eq!(RecoveryShare::parse(&list[..24].join(" ")).err(), Some(RecoveryError::Count(24)));
}

#[test]
fn spacing_and_capitals_do_not_matter() {
    let (_, _, shares) = founded();
    let typed = shares[2].words().unwrap().to_uppercase().replace(' ', "\n  ");
    let share = RecoveryShare::parse(&typed).unwrap();
    assert_eq!((share.number(), share.share.expose()), (3, shares[2].share.expose()));
}

#[test]
fn a_key_is_never_split_so_that_one_person_has_it() {
    let keys = UserKeys::create().unwrap();
    for (needed, shares) in [(1, 3), (0, 0), (3, 2), (2, 8)] {
        assert_eq!(split(&keys, SITE, needed, shares).err(), Some(RecoveryError::Plan));
    }
}

#[test]
fn the_words_of_a_share_are_fixed() {
    let share = RecoveryShare { number: 1, set: 0, share: Secret::copy_from(&[0; 32]).unwrap() };
    let expected = format!("{} {}art", Language::English.word_list()[256], "abandon ".repeat(23));
    assert_eq!(share.words().unwrap().as_str(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_share_with_another_word_never_brings_another_key(at in 0..WORDS, by in 1..2048_usize) {
        let (keys, public, shares) = founded();
        let words = shares[0].words().unwrap().to_string();
        let mut list: Vec<&str> = words.split(' ').collect();
        let index = usize::from(Language::English.find_word(list[at]).unwrap());
        list[at] = Language::English.word_list()[(index + by) % 2048];
        let back = RecoveryShare::parse(&list.join(" ")).and_then(|one| recombine(&[one, again(&shares[1])], SITE, &public));
        prop_assert!(back.is_err() || back.unwrap().public() == keys.public());
    }
}
