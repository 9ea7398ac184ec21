//! The table against lists written down a second time, from the publications: every pair fires, both ways.

use super::*;

const MAO: [&str; 5] = ["tranylcypromine", "phenelzine", "isocarboxazid", "procarbazine", "selegiline"];
const AMPHETAMINES: [&str; 12] = [
    "amphetamine",
    "dextroamphetamine",
    "lisdexamfetamine",
    "methamphetamine",
    "methylphenidate",
    "dexmethylphenidate",
    "benzphetamine",
    "diethylpropion",
    "phendimetrazine",
    "phentermine",
    "pseudoephedrine",
    "atomoxetine",
];
const PPIS: [&str; 6] =
    ["omeprazole", "esomeprazole", "lansoprazole", "dexlansoprazole", "pantoprazole", "rabeprazole"];
const SEROTONERGIC: [&str; 11] = [
    "fluoxetine",
    "paroxetine",
    "citalopram",
    "escitalopram",
    "sertraline",
    "fluvoxamine",
    "duloxetine",
    "desvenlafaxine",
    "venlafaxine",
    "milnacipran",
    "nefazodone",
];
const IRINOTECAN: [&str; 14] = [
    "ketoconazole",
    "itraconazole",
    "voriconazole",
    "clarithromycin",
    "telithromycin",
    "nefazodone",
    "ritonavir",
    "lopinavir/ritonavir",
    "atazanavir",
    "darunavir",
    "indinavir",
    "nelfinavir",
    "saquinavir",
    "tipranavir",
];
const OPIOIDS: [&str; 6] = ["meperidine", "tramadol", "methadone", "tapentadol", "fentanyl", "dextromethorphan"];
const TRICYCLICS: [&str; 8] = [
    "amitriptyline",
    "clomipramine",
    "desipramine",
    "doxepin",
    "imipramine",
    "nortriptyline",
    "protriptyline",
    "trimipramine",
];
const QT: [&str; 26] = [
    "amiodarone",
    "sotalol",
    "dofetilide",
    "ibutilide",
    "quinidine",
    "procainamide",
    "disopyramide",
    "haloperidol",
    "droperidol",
    "pimozide",
    "thioridazine",
    "chlorpromazine",
    "methadone",
    "citalopram",
    "escitalopram",
    "ondansetron",
    "erythromycin",
    "clarithromycin",
    "azithromycin",
    "moxifloxacin",
    "pentamidine",
    "chloroquine",
    "arsenic trioxide",
    "vandetanib",
    "dronedarone",
    "domperidone",
];
const PROTEASE: [&str; 9] = [
    "atazanavir",
    "darunavir",
    "fosamprenavir",
    "indinavir",
    "lopinavir/ritonavir",
    "nelfinavir",
    "ritonavir",
    "saquinavir",
    "tipranavir",
];
const STATIN_BLOCKERS: [&str; 6] =
    ["itraconazole", "ketoconazole", "clarithromycin", "erythromycin", "telithromycin", "nefazodone"];
const ERGOTS: [&str; 4] = ["ergotamine", "dihydroergotamine", "methylergonovine", "ergonovine"];
const ERGOT_BLOCKERS: [&str; 5] = ["clarithromycin", "erythromycin", "telithromycin", "itraconazole", "ketoconazole"];

pub(super) fn table() -> Table {
    Table::read(SHIPPED).unwrap()
}

fn two(table: &Table, one: &str, other: &str) -> Checked {
    let drug = |name: &str| Drug { name: name.to_owned(), taking: Taking::Now, proposed: false };
    table.check(&Asked { drugs: vec![drug(one), drug(other)], ..Asked::default() })
}

/// How bad the worst is that this row of the list says about two drugs.
fn onc(table: &Table, row: u8, one: &str, other: &str) -> Option<Severity> {
    two(table, one, other).findings.iter().filter(|found| found.onc == Some(row)).map(|found| found.severity).min()
}

/// The fifteen rows, each with its two sides.
fn rows() -> Vec<(u8, Vec<&'static str>, Vec<&'static str>)> {
    let all = |lists: &[&[&'static str]]| lists.concat();
    vec![
        (1, all(&[&AMPHETAMINES]), all(&[&MAO])),
        (2, vec!["atazanavir"], all(&[&PPIS])),
        (3, vec!["azathioprine", "mercaptopurine"], vec!["febuxostat"]),
        (4, all(&[&SEROTONERGIC]), all(&[&MAO])),
        (5, vec!["irinotecan"], all(&[&IRINOTECAN])),
        (6, all(&[&OPIOIDS]), all(&[&MAO])),
        (7, all(&[&TRICYCLICS]), all(&[&MAO])),
        (8, all(&[&QT]), all(&[&QT])),
        (9, vec!["ramelteon"], vec!["fluvoxamine"]),
        (
            10,
            all(&[&PROTEASE]),
            vec!["rifampin", "rifapentine", "carbamazepine", "phenytoin", "phenobarbital", "St John's wort"],
        ),
        (
            11,
            vec!["simvastatin", "lovastatin"],
            all(&[&STATIN_BLOCKERS, &PROTEASE, &["posaconazole", "voriconazole", "cobicistat"]]),
        ),
        (12, all(&[&ERGOTS]), all(&[&ERGOT_BLOCKERS, &PROTEASE, &["posaconazole", "voriconazole", "cobicistat"]])),
        (13, vec!["tizanidine"], vec!["fluvoxamine", "ciprofloxacin"]),
        (14, vec!["tranylcypromine"], vec!["procarbazine"]),
        (
            15,
            vec!["sumatriptan", "rizatriptan", "zolmitriptan"],
            vec!["tranylcypromine", "phenelzine", "isocarboxazid"],
        ),
    ]
}

#[test]
fn every_member_pair_of_the_fifteen_rows_fires_both_ways() {
    let (table, mut pairs) = (table(), 0);
    for (row, side, other_side) in rows() {
        for one in &side {
            for other in other_side.iter().filter(|other| *other != one) {
                let (there, back) = (onc(&table, row, one, other), onc(&table, row, other, one));
                assert!(there.is_some() && there == back, "row {row}: {one} and {other}");
                assert!(row == 8 || there == Some(Severity::Major), "row {row}: {one} and {other}");
                pairs += 1;
            }
        }
    }
    assert!(pairs > 1_000, "{pairs} ordered pairs");
}

#[test]
fn of_two_drugs_that_lengthen_qt_only_those_in_daily_use_are_graded_down() {
    let table = table();
    assert_eq!(onc(&table, 8, "ondansetron", "azithromycin"), Some(Severity::Moderate));
    assert_eq!(onc(&table, 8, "ondansetron", "sotalol"), Some(Severity::Major));
    assert_eq!(onc(&table, 8, "methadone", "haloperidol"), Some(Severity::Major));
}

#[test]
fn any_two_mao_inhibitors_interrupt_and_only_one_pair_of_them_is_on_the_list() {
    let table = table();
    for one in MAO {
        for other in MAO.into_iter().filter(|other| *other != one) {
            let found = two(&table, one, other).findings;
            assert_eq!(found.len(), 1, "{one} and {other}");
            assert_eq!(found[0].severity, Severity::Major);
            let listed = [one, other].contains(&"tranylcypromine") && [one, other].contains(&"procarbazine");
            assert_eq!(found[0].onc, listed.then_some(14), "{one} and {other}");
        }
    }
}

#[test]
fn what_the_panel_rejected_never_claims_its_list() {
    let table = table();
    let rejected: [(&[&str], &[&str]); 8] = [
        (&["gemfibrozil"], &["simvastatin", "lovastatin", "atorvastatin", "rosuvastatin", "pravastatin"]),
        (&["linezolid"], &["sumatriptan", "rizatriptan", "zolmitriptan"]),
        (&["linezolid"], &AMPHETAMINES),
        (&["metformin"], &["iohexol", "iodixanol", "iopamidol"]),
        (&["nitroglycerin", "isosorbide"], &["sildenafil", "tadalafil", "vardenafil", "avanafil"]),
        (&["sodium oxybate"], &["diazepam", "morphine"]),
        (&["natalizumab"], &["azathioprine"]),
        (&["febuxostat"], &["theophylline"]),
    ];
    for (one, other) in rejected.iter().flat_map(|(a, b)| a.iter().flat_map(|a| b.iter().map(move |b| (*a, *b)))) {
        let found = two(&table, one, other).findings;
        assert!(found.iter().all(|found| found.onc.is_none()), "{one} and {other}");
    }
    assert!(onc(&table, 11, "atorvastatin", "clarithromycin").is_none(), "atorvastatin isn't in the mapped list");
    assert!(onc(&table, 15, "eletriptan", "phenelzine").is_none(), "cleared another way");
    assert_ne!(onc(&table, 5, "irinotecan", "cimetidine"), Some(Severity::Major));
}

#[test]
fn the_second_tier_is_there_with_its_level() {
    use Severity::{Major, Moderate};
    let table = table();
    for (one, other, severity) in [
        ("Nitrostat", "Viagra", Major),
        ("isosorbide mononitrate", "tadalafil", Major),
        ("oxycodone", "alprazolam", Major),
        ("simvastatin", "gemfibrozil", Major),
        ("simvastatin", "cyclosporine", Major),
        ("Entresto", "lisinopril", Major),
        ("colchicine", "clarithromycin", Major),
        ("colchicine", "ketoconazole", Major),
        ("colchicine", "ritonavir", Major),
        ("linezolid", "sertraline", Major),
        ("methylene blue", "fluoxetine", Major),
        ("methotrexate", "Bactrim", Major),
        ("azathioprine", "allopurinol", Major),
        ("warfarin", "aspirin", Major),
        ("warfarin", "ibuprofen", Major),
        ("warfarin", "Bactrim", Major),
        ("warfarin", "metronidazole", Major),
        ("warfarin", "fluconazole", Major),
        ("warfarin", "amiodarone", Major),
        ("Eliquis", "naproxen", Moderate),
        ("rivaroxaban", "aspirin", Moderate),
        ("lisinopril", "spironolactone", Moderate),
        ("losartan", "potassium chloride", Moderate),
        ("ramipril", "trimethoprim", Moderate),
        ("lithium", "ibuprofen", Moderate),
        ("lithium", "lisinopril", Moderate),
        ("lithium", "hydrochlorothiazide", Moderate),
        ("lithium", "losartan", Moderate),
        ("digoxin", "amiodarone", Moderate),
        ("digoxin", "verapamil", Moderate),
        ("digoxin", "clarithromycin", Moderate),
        ("digoxin", "quinidine", Moderate),
        ("clopidogrel", "omeprazole", Moderate),
        ("Plavix", "Nexium", Moderate),
        ("theophylline", "ciprofloxacin", Major),
        ("theophylline", "fluvoxamine", Major),
        ("propranolol", "verapamil", Moderate),
        ("nadolol", "diltiazem", Moderate),
        ("Yaz", "rifampin", Moderate),
        ("norethindrone", "carbamazepine", Moderate),
        ("Trinessa", "topiramate", Moderate),
        ("valproate", "meropenem", Major),
        ("Depakote", "imipenem", Major),
        ("divalproex", "ertapenem", Major),
    ] {
        for found in [two(&table, one, other), two(&table, other, one)] {
            let worst = found.findings.iter().map(|found| found.severity).min();
            assert_eq!(worst, Some(severity), "{one} and {other}");
        }
    }
}

#[test]
fn every_rule_has_a_source_in_full_and_every_name_one_meaning() {
    let table = table();
    let sources = table.pairs.iter().map(|one| &one.rule).chain(table.crosses.iter().map(|one| &one.rule));
    for rule in sources.chain(table.forbidden.iter().map(|one| &one.rule)) {
        assert!(!rule.source.is_empty() && rule.source.iter().all(|code| table.source(code).is_some()), "{}", rule.id);
        assert!(!rule.reason.is_empty() && rule.read.len() == 10, "{}", rule.id);
    }
    assert_eq!(table.reviewer(), None, "until a pharmacist has signed");
    for name in table.substances.iter().filter(|name| *name != "latex") {
        let reading = table.drug(name);
        assert_eq!(table.ingredients(&reading), [name], "{name}");
        assert!(reading.rest.is_empty(), "{name}: {:?}", reading.rest);
    }
}

#[test]
fn a_table_that_names_what_it_does_not_hold_is_refused() {
    assert_eq!(Table::read("{}").err(), Some(TableError::Form));
    let wrong = SHIPPED.replacen("\"a\": [\"atazanavir\"]", "\"a\": [\"atazanavirr\"]", 1);
    assert_eq!(Table::read(&wrong).err(), Some(TableError::Unknown("atazanavirr".into())));
    assert_eq!(Table::read(&SHIPPED.replacen("\"form\": 1", "\"form\": 2", 1)).err(), Some(TableError::Form));
}
