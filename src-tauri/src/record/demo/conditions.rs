//! What people in the demo clinic have, by age, with the drugs usually given for it. Titles are our own words.

/// One condition.
pub(super) struct Condition {
    /// ICD-10-CM code.
    pub code: &'static str,
    pub title: &'static str,
    /// Ages at which it begins.
    pub ages: (i32, i32),
    /// How many in a thousand of those ages have it.
    pub per_mille: u32,
    /// Stays on the problem list.
    pub lasting: bool,
    /// Drug and dosage.
    pub drugs: &'static [(&'static str, &'static str)],
}

const fn lasting(
    code: &'static str,
    title: &'static str,
    ages: (i32, i32),
    per_mille: u32,
    drugs: &'static [(&'static str, &'static str)],
) -> Condition {
    Condition { code, title, ages, per_mille, lasting: true, drugs }
}

const fn passing(
    code: &'static str,
    title: &'static str,
    ages: (i32, i32),
    per_mille: u32,
    drugs: &'static [(&'static str, &'static str)],
) -> Condition {
    Condition { code, title, ages, per_mille, lasting: false, drugs }
}

#[rustfmt::skip]
pub(super) const CONDITIONS: [Condition; 42] = [
    lasting("E11.9", "Type 2 diabetes", (40, 75), 130, &[("Metformin 500 mg", "1 tablet twice daily with meals")]),
    lasting("E11.22", "Type 2 diabetes with kidney disease", (50, 80), 25, &[("Empagliflozin 10 mg", "1 tablet every morning")]),
    lasting("E10.9", "Type 1 diabetes", (8, 30), 6, &[("Insulin glargine 100 units/mL", "18 units under the skin at bedtime")]),
    lasting("I10", "High blood pressure", (35, 80), 300, &[("Lisinopril 10 mg", "1 tablet daily"), ("Amlodipine 5 mg", "1 tablet daily")]),
    lasting("E78.5", "Raised blood lipids", (35, 80), 260, &[("Atorvastatin 20 mg", "1 tablet at bedtime")]),
    lasting("I25.10", "Coronary artery disease", (50, 85), 70, &[("Aspirin 81 mg", "1 tablet daily"), ("Metoprolol succinate 50 mg", "1 tablet daily")]),
    lasting("I48.91", "Atrial fibrillation", (55, 90), 50, &[("Apixaban 5 mg", "1 tablet twice daily")]),
    lasting("I50.9", "Heart failure", (60, 90), 35, &[("Furosemide 40 mg", "1 tablet every morning"), ("Carvedilol 12.5 mg", "1 tablet twice daily")]),
    lasting("N18.30", "Chronic kidney disease, stage 3", (55, 90), 60, &[]),
    lasting("E03.9", "Underactive thyroid", (25, 80), 55, &[("Levothyroxine 75 mcg", "1 tablet every morning before breakfast")]),
    lasting("E66.9", "Obesity", (20, 70), 160, &[]),
    lasting("J45.909", "Asthma", (5, 60), 90, &[("Albuterol inhaler 90 mcg", "2 puffs every 4 hours as needed")]),
    lasting("J44.9", "Chronic obstructive lung disease", (50, 85), 55, &[("Tiotropium inhaler 18 mcg", "1 inhalation daily")]),
    lasting("J30.9", "Allergic rhinitis", (6, 60), 110, &[("Cetirizine 10 mg", "1 tablet daily as needed")]),
    lasting("K21.9", "Acid reflux", (25, 80), 130, &[("Omeprazole 20 mg", "1 capsule before breakfast")]),
    lasting("K58.9", "Irritable bowel syndrome", (20, 60), 40, &[]),
    lasting("M17.11", "Arthritis of the right knee", (50, 88), 80, &[("Acetaminophen 500 mg", "2 tablets every 8 hours as needed")]),
    lasting("M16.12", "Arthritis of the left hip", (55, 88), 40, &[]),
    lasting("M81.0", "Osteoporosis", (60, 92), 50, &[("Alendronate 70 mg", "1 tablet once a week")]),
    lasting("M06.9", "Rheumatoid arthritis", (30, 70), 10, &[("Methotrexate 15 mg", "once a week"), ("Folic acid 1 mg", "1 tablet daily")]),
    lasting("M10.9", "Gout", (40, 80), 35, &[("Allopurinol 100 mg", "1 tablet daily")]),
    lasting("G43.909", "Migraine", (15, 55), 70, &[("Sumatriptan 50 mg", "1 tablet at onset, once more after 2 hours if needed")]),
    lasting("G47.33", "Obstructive sleep apnea", (35, 75), 60, &[]),
    lasting("G40.909", "Epilepsy", (5, 60), 8, &[("Levetiracetam 500 mg", "1 tablet twice daily")]),
    lasting("F41.1", "Generalized anxiety", (18, 65), 75, &[("Sertraline 50 mg", "1 tablet daily")]),
    lasting("F33.1", "Recurrent depression, moderate", (18, 75), 60, &[("Escitalopram 10 mg", "1 tablet daily")]),
    lasting("F90.9", "Attention deficit disorder", (6, 30), 45, &[("Methylphenidate ER 18 mg", "1 tablet every morning")]),
    lasting("F17.210", "Cigarette smoking", (18, 70), 120, &[]),
    lasting("L40.0", "Psoriasis", (18, 65), 20, &[("Clobetasol 0.05 % ointment", "thin layer twice daily")]),
    lasting("L20.9", "Atopic eczema", (1, 25), 70, &[("Hydrocortisone 1 % cream", "thin layer twice daily")]),
    lasting("N40.1", "Enlarged prostate", (55, 88), 45, &[("Tamsulosin 0.4 mg", "1 capsule after supper")]),
    lasting("H40.9", "Glaucoma", (50, 90), 25, &[("Latanoprost 0.005 % drops", "1 drop in each eye at bedtime")]),
    lasting("H25.9", "Cataract", (60, 92), 50, &[]),
    lasting("D50.9", "Iron deficiency anemia", (15, 60), 45, &[("Ferrous sulfate 325 mg", "1 tablet every other day")]),
    passing("J06.9", "Common cold", (0, 90), 180, &[]),
    passing("J20.9", "Acute bronchitis", (3, 85), 90, &[("Benzonatate 100 mg", "1 capsule three times daily")]),
    passing("N39.0", "Urinary tract infection", (16, 90), 80, &[("Nitrofurantoin 100 mg", "1 capsule twice daily for 5 days")]),
    passing("M54.50", "Low back pain", (20, 80), 150, &[("Ibuprofen 400 mg", "1 tablet every 6 hours with food")]),
    passing("H66.90", "Middle ear infection", (0, 9), 160, &[("Amoxicillin 400 mg/5 mL", "10 mL twice daily for 10 days")]),
    passing("S93.401A", "Sprained right ankle", (8, 55), 50, &[]),
    passing("L03.115", "Skin infection of the right leg", (25, 85), 25, &[("Cephalexin 500 mg", "1 capsule four times daily for 7 days")]),
    passing("A09", "Gastroenteritis", (0, 80), 60, &[]),
];

pub(super) fn by_code(code: &str) -> Option<&'static Condition> {
    CONDITIONS.iter().find(|condition| condition.code == code)
}
