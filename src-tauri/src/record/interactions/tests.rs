//! The checker as people meet it.

use super::table_tests::table;
use super::*;
use proptest::prelude::*;

fn now(name: &str) -> Drug {
    Drug { name: name.to_owned(), taking: Taking::Now, proposed: false }
}

fn stopped(name: &str, days: Option<u32>) -> Drug {
    Drug { taking: Taking::Stopped(days), ..now(name) }
}

fn allergy(substance: &str, reaction: Option<&str>) -> AllergyFact {
    AllergyFact { substance: substance.into(), reaction: reaction.map(str::to_owned), ..AllergyFact::default() }
}

fn check(drugs: &[Drug], allergies: &[AllergyFact]) -> Checked {
    table().check(&Asked { drugs: drugs.to_vec(), allergies: allergies.to_vec(), ..Asked::default() })
}

fn worst(checked: &Checked) -> Option<Severity> {
    checked.findings.iter().map(|one| one.severity).min()
}

fn condition(text: &str, code: Option<&str>, system: Option<&str>) -> ConditionFact {
    let owned = |word: Option<&str>| word.map(str::to_owned);
    ConditionFact { text: text.into(), code: owned(code), system: owned(system), active: true }
}

#[test]
fn drugs_are_read_as_rxnorm_and_people_write_them() {
    let table = table();
    for (text, expected) in [
        ("Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet", &["amoxicillin", "clavulanate"][..]),
        ("Augmentin", &["amoxicillin", "clavulanate"]),
        ("AUGMENTIN 875-125", &["amoxicillin", "clavulanate"]),
        ("Acetaminophen 325 MG / oxyCODONE Hydrochloride 5 MG Oral Tablet", &["oxycodone", "acetaminophen"]),
        ("24 HR metoprolol succinate 100 MG Extended Release Oral Tablet [Toprol]", &["metoprolol"]),
        ("NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector", &["epinephrine"]),
        ("3 ML Amiodarone hydrocholoride 50 MG/ML Prefilled Syringe", &["amiodarone"]),
        ("Lasix 40mg", &["furosemide"]),
        ("Errin 28 Day Pack", &["norethindrone"]),
        ("Penicillin V Potassium 250 MG Oral Tablet", &["penicillin v"]),
        ("potassium chloride 20 mEq", &["potassium chloride"]),
        ("Phénobarbital", &["phenobarbital"]),
        ("St. John’s wort", &["st johns wort"]),
        ("Paracetamol", &["acetaminophen"]),
        ("Carbamazepine[Tegretol]", &["carbamazepine"]),
    ] {
        let reading = table.drug(text);
        assert_eq!(table.ingredients(&reading), expected, "{text}");
        assert!(reading.rest.is_empty(), "{text}: {:?}", reading.rest);
    }
}

#[test]
fn a_misspelt_drug_is_suggested_and_never_taken() {
    let reading = table().drug("Simvistatin 10 MG");
    assert!(!reading.is_known());
    assert_eq!(reading.suggestions, ["simvastatin"]);
    let checked = check(&[now("Simvistatin 10 MG"), now("clarithromycin")], &[]);
    assert!(checked.findings.is_empty());
    assert_eq!((checked.drugs, checked.not_checked.len()), (1, 1));
    assert!(checked.not_checked[0].whole);
}

#[test]
fn a_drug_nobody_knows_is_named_and_one_part_of_a_combination_too() {
    let checked = check(&[now("Zzyxol 5 mg"), now("amoxicillin / zzyxol")], &[]);
    assert_eq!(checked.not_checked.len(), 2);
    assert!(checked.not_checked[0].whole && !checked.not_checked[1].whole);
    assert_eq!(checked.not_checked[1].words, ["zzyxol"]);
    assert_eq!(checked.drugs, 1);
}

#[test]
fn insulin_beside_metformin_is_usual_therapy() {
    assert!(check(&[now("insulin glargine"), now("metformin"), now("glipizide")], &[]).findings.is_empty());
}

#[test]
fn a_combination_is_checked_by_each_of_its_ingredients() {
    let checked = check(&[now("Percocet"), now("Valium")], &[]);
    assert_eq!(worst(&checked), Some(Severity::Major));
    assert_eq!(worst(&check(&[now("Kaletra")], &[])), None, "not against itself");
    assert_eq!(check(&[now("Vimovo"), now("ibuprofen")], &[]).findings[0].rule, "dup-nsaids-and-aspirin");
}

#[test]
fn the_same_ingredient_in_two_brands_and_two_of_a_class_are_found() {
    let same = check(&[now("Zocor"), now("Simvastatin 20 MG Oral Tablet")], &[]);
    assert_eq!((same.findings.len(), same.findings[0].rule.as_str()), (1, "dup-ingredient"));
    for (one, other) in [
        ("ibuprofen", "naproxen"),
        ("atorvastatin", "simvastatin"),
        ("lisinopril", "losartan"),
        ("warfarin", "apixaban"),
        ("diazepam", "lorazepam"),
        ("methadone", "fentanyl"),
        ("sertraline", "venlafaxine"),
        ("sumatriptan", "naratriptan"),
        ("omeprazole", "pantoprazole"),
    ] {
        let found = check(&[now(one), now(other)], &[]).findings;
        assert!(found.iter().any(|one| one.kind == Kind::Duplicate), "{one} and {other}");
    }
}

#[test]
fn what_was_stopped_counts_as_long_as_it_works_and_the_last_day_included() {
    let with = |drug: Drug| worst(&check(&[drug, now("sertraline")], &[]));
    assert_eq!(with(stopped("phenelzine", Some(14))), Some(Severity::Major));
    assert_eq!(with(stopped("phenelzine", Some(15))), None);
    assert_eq!(with(stopped("phenelzine", None)), Some(Severity::Major), "nobody knows since when");
    let mao = |drug: Drug| worst(&check(&[drug, now("phenelzine")], &[]));
    assert_eq!(mao(stopped("fluoxetine", Some(35))), Some(Severity::Major));
    assert_eq!(mao(stopped("fluoxetine", Some(36))), None);
    assert_eq!(mao(stopped("sertraline", Some(1))), None);
    assert_eq!(worst(&check(&[stopped("amiodarone", Some(150)), now("sotalol")], &[])), Some(Severity::Major));
    assert_eq!(worst(&check(&[stopped("phenelzine", Some(1)), stopped("sertraline", Some(1))], &[])), None);
}

#[test]
fn a_penicillin_allergy_stops_penicillins_and_not_cefazolin() {
    let penicillin = |reaction| [allergy("Penicillin", reaction)];
    let level = |drug: &str, reaction| worst(&check(&[now(drug)], &penicillin(reaction)));
    assert_eq!(level("Augmentin", None), Some(Severity::Major));
    assert_eq!(level("piperacillin/tazobactam", None), Some(Severity::Major));
    assert_eq!(level("cefazolin", None), Some(Severity::Minor));
    assert_eq!(level("ceftriaxone", Some("anaphylaxis")), Some(Severity::Minor));
    assert_eq!(level("cephalexin", Some("anaphylaxis")), Some(Severity::Major));
    assert_eq!(level("cephalexin", Some("rash")), Some(Severity::Minor));
    assert_eq!(level("meropenem", None), Some(Severity::Minor));
    assert_eq!(level("cefazolin", Some("Stevens-Johnson syndrome")), Some(Severity::Major));
    assert_eq!(level("azithromycin", None), None);
}

#[test]
fn side_chains_decide_between_aminopenicillins_and_cephalosporins() {
    let level = |to: &str, drug: &str| worst(&check(&[now(drug)], &[allergy(to, None)]));
    for (to, drug, severity) in [
        ("Amoxicillin", "cefadroxil", Severity::Major),
        ("Amoxicillin", "cefprozil", Severity::Major),
        ("Ampicillin", "Keflex", Severity::Major),
        ("Amoxicillin", "cefaclor", Severity::Moderate),
        ("ceftazidime", "aztreonam", Severity::Major),
        ("aztreonam", "ceftazidime", Severity::Major),
        ("ceftriaxone", "cefepime", Severity::Major),
    ] {
        assert_eq!(level(to, drug), Some(severity), "{to}: {drug}");
    }
}

#[test]
fn sulfa_warns_of_bactrim_and_tells_about_furosemide_only_on_demand() {
    let level = |to: &str, drug: &str| worst(&check(&[now(drug)], &[allergy(to, None)]));
    assert_eq!(level("Sulfa drugs", "Bactrim"), Some(Severity::Major));
    assert_eq!(level("sulfamethoxazole", "sulfasalazine"), Some(Severity::Major));
    assert_eq!(level("Sulfa", "furosemide"), Some(Severity::Minor));
    for unrelated in ["Sulfites", "sulfate", "Shellfish allergy", "povidone-iodine", "Egg"] {
        let checked = check(&[now("Bactrim"), now("iohexol"), now("furosemide")], &[allergy(unrelated, None)]);
        assert!(checked.findings.iter().all(|one| one.kind != Kind::Allergy), "{unrelated}");
        assert!(checked.not_checked.is_empty(), "{unrelated}");
    }
}

#[test]
fn nsaids_are_told_apart_by_what_happened() {
    let level = |reaction, drug: &str| worst(&check(&[now(drug)], &[allergy("aspirin", reaction)]));
    assert_eq!(level(Some("asthma"), "ibuprofen"), Some(Severity::Major));
    assert_eq!(level(Some("hives"), "celecoxib"), Some(Severity::Moderate));
    let single = |drug: &str| worst(&check(&[now(drug)], &[allergy("ibuprofen", Some("anaphylaxis"))]));
    assert_eq!(single("naproxen"), Some(Severity::Major));
    assert_eq!(single("diclofenac"), Some(Severity::Moderate));
}

#[test]
fn an_intolerance_warns_and_does_not_interrupt() {
    let cough = AllergyFact { intolerance: true, ..allergy("lisinopril", Some("dry cough")) };
    assert_eq!(worst(&check(&[now("ramipril")], std::slice::from_ref(&cough))), Some(Severity::Minor));
    assert_eq!(worst(&check(&[now("lisinopril")], &[cough])), Some(Severity::Moderate));
    let angioedema = allergy("lisinopril", Some("angioedema"));
    assert_eq!(worst(&check(&[now("Entresto")], std::slice::from_ref(&angioedema))), Some(Severity::Major));
    assert_eq!(worst(&check(&[now("losartan")], &[angioedema])), Some(Severity::Moderate));
    let nausea = AllergyFact { intolerance: true, ..allergy("codeine", Some("nausea")) };
    assert_eq!(worst(&check(&[now("codeine")], std::slice::from_ref(&nausea))), Some(Severity::Moderate));
    assert_eq!(worst(&check(&[now("morphine")], &[nausea])), Some(Severity::Minor));
    let flushing = allergy("vancomycin", Some("infusion reaction"));
    assert_eq!(worst(&check(&[now("vancomycin")], &[flushing])), Some(Severity::Minor));
}

#[test]
fn a_mild_allergy_to_a_relative_warns_where_a_severe_one_interrupts() {
    let graded = |severity: &str| AllergyFact { severity: Some(severity.into()), ..allergy("phenytoin", Some("rash")) };
    assert_eq!(worst(&check(&[now("carbamazepine")], &[graded("severe")])), Some(Severity::Major));
    assert_eq!(worst(&check(&[now("carbamazepine")], &[graded("mild")])), Some(Severity::Moderate));
}

#[test]
fn more_classes_of_allergy_are_known_to_the_table() {
    for (to, drug, severity) in [
        ("Carbamazepine", "oxcarbazepine", Some(Severity::Major)),
        ("Novocain", "benzocaine", Some(Severity::Major)),
        ("procaine", "lidocaine", None),
        ("lidocaine", "bupivacaine", Some(Severity::Moderate)),
        ("heparin", "enoxaparin", Some(Severity::Major)),
        ("neomycin", "gentamicin", Some(Severity::Moderate)),
        ("iohexol", "iodixanol", Some(Severity::Moderate)),
        ("morphine", "oxycodone", Some(Severity::Moderate)),
        ("morphine", "fentanyl", None),
    ] {
        assert_eq!(worst(&check(&[now(drug)], &[allergy(to, None)])), severity, "{to}: {drug}");
    }
}

#[test]
fn an_allergy_in_free_text_that_nobody_knows_is_not_checked() {
    let checked = check(&[now("amoxicillin")], &[allergy("some pill from 2003", None)]);
    assert!(checked.findings.is_empty());
    assert_eq!(checked.not_checked.len(), 1);
    assert!(checked.not_checked[0].whole && checked.not_checked[0].what == Unread::Allergy(0));
}

#[test]
fn conditions_are_found_by_code_by_words_and_by_the_last_egfr() {
    let level = |drug: &str, fact: ConditionFact, egfr| {
        let asked = Asked { drugs: vec![now(drug)], conditions: vec![fact], egfr, ..Asked::default() };
        worst(&table().check(&asked))
    };
    let none = || condition("Headache", None, None);
    assert_eq!(level("metformin", none(), Some(29.9)), Some(Severity::Major));
    assert_eq!(level("metformin", none(), Some(30.0)), None);
    assert_eq!(level("ibuprofen", condition("CKD", Some("N18.4"), Some("ICD-10-CM")), None), Some(Severity::Major));
    assert_eq!(
        level("propranolol", condition("Asthma", Some("195967001"), Some("SNOMED CT")), None),
        Some(Severity::Major)
    );
    assert_eq!(level("metoprolol", condition("Asthma", None, None), None), None);
    assert_eq!(level("lisinopril", condition("Normal pregnancy", None, None), None), Some(Severity::Major));
    assert_eq!(level("warfarin", condition("Not pregnant", None, None), None), None);
    assert_eq!(
        level("sumatriptan", condition("Myocardial Infarction", Some("I21.9"), None), None),
        Some(Severity::Major)
    );
    assert_eq!(
        level("bupropion", condition("History of single seizure (situation)", None, None), None),
        Some(Severity::Major)
    );
    assert_eq!(level("nitrofurantoin", none(), Some(20.0)), Some(Severity::Major));
    assert_eq!(level("isotretinoin", condition("Family history of pregnancy loss", None, None), None), None);
}

#[test]
fn high_potassium_interrupts_only_with_failing_kidneys_and_aliskiren_only_in_diabetes() {
    let level = |drugs: [&str; 2], fact: Option<ConditionFact>| {
        let drugs = drugs.into_iter().map(now).collect();
        let asked = Asked { drugs, conditions: fact.into_iter().collect(), ..Asked::default() };
        let found = table().check(&asked).findings;
        (found.iter().filter(|one| one.kind == Kind::Drugs).map(|one| one.severity).min(), found.len())
    };
    let kidneys = condition("Chronic kidney disease stage 5", Some("N18.5"), None);
    let diabetes = condition("Diabetes", Some("44054006"), Some("SNOMED CT"));
    assert_eq!(level(["lisinopril", "spironolactone"], None), (Some(Severity::Moderate), 1));
    assert_eq!(level(["lisinopril", "spironolactone"], Some(kidneys)), (Some(Severity::Major), 1));
    assert_eq!(level(["lisinopril", "aliskiren"], None).0, None);
    assert_eq!(level(["lisinopril", "aliskiren"], Some(diabetes)).0, Some(Severity::Major));
    assert_eq!(level(["lisinopril", "aliskiren"], Some(condition("Prediabetes", None, None))).0, None);
}

fn hidden(substances: &[&str]) -> (HiddenIngredients, Taking) {
    let substances = substances.iter().map(|one| (*one).to_owned()).collect();
    (HiddenIngredients { substances, status: Some("active".into()), ..HiddenIngredients::default() }, Taking::Now)
}

#[test]
fn a_restricted_item_counts_and_is_never_named() {
    let asked = Asked { drugs: vec![now("simvastatin")], hidden: vec![hidden(&["ritonavir"])], ..Asked::default() };
    let found = table().check(&asked).findings;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].rule.as_str(), found[0].severity), ("restricted", Severity::Major));
    assert_eq!(found[0].subjects, [Subject::Drug(0, vec![]), Subject::Restricted]);
    let told = format!("{found:?}").to_lowercase();
    assert!(!told.contains("ritonavir") && !told.contains("hiv") && !told.contains("cyp"), "{told}");
}

#[test]
fn a_restricted_condition_or_allergy_counts_and_is_never_named() {
    let pregnant = HiddenIngredients { conditions: vec!["pregnancy".into()], ..HiddenIngredients::default() };
    let allergic = HiddenIngredients { allergy: Some(allergy("penicillin g", None)), ..HiddenIngredients::default() };
    for (drug, one) in [("warfarin", pregnant), ("amoxicillin", allergic)] {
        let asked = Asked { drugs: vec![now(drug)], hidden: vec![(one, Taking::Now)], ..Asked::default() };
        let found = table().check(&asked).findings;
        assert_eq!((found.len(), found[0].rule.as_str(), found[0].reason.as_str()), (1, "restricted", ""), "{drug}");
    }
}

#[test]
fn an_order_is_told_only_what_concerns_it() {
    let ordered = Drug { proposed: true, ..now("ibuprofen") };
    let checked = check(&[now("warfarin"), now("aspirin"), ordered], &[]);
    assert!(checked.findings.iter().all(|one| one.subjects.iter().any(|of| matches!(of, Subject::Drug(2, _)))));
    assert_eq!(checked.findings.len(), 2, "bleeding, and two of one class");
}

proptest! {
    #[test]
    fn the_order_in_which_drugs_are_written_changes_nothing(
        picks in proptest::collection::vec(0_usize..380, 2..8),
        shift in 0_usize..8,
    ) {
        let table = table();
        let names: Vec<String> = picks.iter().filter_map(|at| table.substances.get(*at).cloned()).collect();
        let told = |names: &[String]| {
            let asked = Asked { drugs: names.iter().map(|name| now(name)).collect(), ..Asked::default() };
            let mut told: Vec<(String, Severity, Vec<String>)> = table.check(&asked).findings.into_iter().map(|one| {
                let mut of: Vec<String> = one.subjects.iter().map(|subject| match subject {
                    Subject::Drug(at, meant) => format!("{} {meant:?}", names[*at]),
                    other => format!("{other:?}"),
                }).collect();
                of.sort();
                (one.rule, one.severity, of)
            }).collect();
            told.sort();
            told
        };
        let mut turned = names.clone();
        turned.rotate_left(shift % names.len().max(1));
        turned.reverse();
        prop_assert_eq!(told(&names), told(&turned));
    }

    #[test]
    fn what_is_hidden_is_never_said(pick in 0_usize..380, other in 0_usize..380) {
        let table = table();
        let (secret, open) = (table.substances[pick].clone(), table.substances[other].clone());
        prop_assume!(secret != open);
        let asked = Asked { drugs: vec![now(&open)], hidden: vec![hidden(&[&secret])], ..Asked::default() };
        let told = format!("{:?}", table.check(&asked));
        prop_assert!(!told.contains(secret.as_str()) || open.contains(secret.as_str()));
    }

    #[test]
    fn nothing_that_is_typed_makes_the_checker_fail(text in "\\PC{0,60}") {
        let checked = check(&[now(&text), now("warfarin")], &[allergy(&text, Some(&text))]);
        prop_assert!(checked.drugs <= 2);
    }
}
