/** Invented people. Every name, number and date here is made up; the social security numbers are in a range never issued. */

export type Person = {
  id: string;
  surname: string;
  given: string;
  birth_date?: string;
  sex: "female" | "male" | "other" | "unknown";
  mrn: string;
  phone?: string;
  deceased?: boolean;
  test?: boolean;
  damaged?: boolean;
};

const GIVEN_F = [
  "Anna",
  "Grace",
  "Ruth",
  "Maria",
  "Olivia",
  "Hannah",
  "Edith",
  "Joan",
  "Clara",
  "Naomi",
  "Ivy",
  "Lena",
];
const GIVEN_M = [
  "John",
  "Samuel",
  "Peter",
  "Amos",
  "Daniel",
  "Victor",
  "Leo",
  "Martin",
  "Hugo",
  "Theo",
  "Carl",
  "Omar",
];
const SURNAMES = [
  "Baker",
  "Nguyễn",
  "García",
  "O'Brien-Smith",
  "Kowalski",
  "Okafor",
  "Haddad",
  "Lindqvist",
  "Moreau",
];

/** The people the tests name. */
export const NAMED: Person[] = [
  person(1, "Smith", "Anna", "1968-04-12", "female", "MRN-4F20A1", "555-010-0114"),
  person(2, "Smith", "Anne", "1968-12-04", "female", "MRN-91B7C2", "555-010-0177"),
  person(3, "García", "José", "1975-12-04", "male", "MRN-0C3311", "555-010-0120"),
  person(4, "García", "José", "1975-04-12", "male", "MRN-0C3399", "555-010-0121"),
  person(5, "李", "娜", "1990", "female", "MRN-77AA10", "555-010-0130"),
  person(6, "Ng", "O", "2021-02", "male", "MRN-30D0E5", "555-010-0131"),
  { ...person(7, "Smith", "Walter", "1931-01-30", "male", "MRN-11E0F9"), deceased: true },
  { ...person(8, "Smith", "Test Patient", "2000-01-01", "unknown", "MRN-TEST01"), test: true },
  { ...person(9, "Smith", "Wilhelmina", "1959-09-09", "female", "MRN-5D5D00"), damaged: true },
  person(
    10,
    "Nguyễn",
    "Thị Minh Khai Bảo Châu Alexandria",
    "1984-07-19",
    "female",
    "MRN-EE4410",
    "555-010-0188",
  ),
];

function person(
  n: number,
  surname: string,
  given: string,
  birth_date: string,
  sex: Person["sex"],
  mrn: string,
  phone?: string,
): Person {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
  return { id, surname, given, birth_date, sex, mrn, ...(phone ? { phone } : {}) };
}

/** The named people and enough others for a long list; the same on every start. */
export function people(): Person[] {
  const others = Array.from({ length: 150 }, (_, n) => other(n));
  return [...NAMED, ...others];
}

function other(n: number): Person {
  const female = n % 2 === 0;
  const first = (female ? GIVEN_F : GIVEN_M)[Math.floor(n / 2) % 12] ?? "Alex";
  const given = `${first} ${String.fromCharCode(65 + ((n * 7) % 26))}`;
  const surname = n < 60 ? "Smith" : (SURNAMES[n % SURNAMES.length] ?? "Baker");
  const year = 1932 + ((n * 17) % 88);
  const month = String(1 + ((n * 5) % 12)).padStart(2, "0");
  const day = String(1 + ((n * 11) % 28)).padStart(2, "0");
  const mrn = `MRN-${((n * 7919 + 65_537) % 16_777_216).toString(16).toUpperCase().padStart(6, "0")}`;
  const phone = `555-010-${String(1000 + n * 13).slice(-4)}`;
  return person(100 + n, surname, given, `${year}-${month}-${day}`, female ? "female" : "male", mrn, phone);
}
