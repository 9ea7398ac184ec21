/** Invented people. Every name, number and date here is made up; the social security numbers are in a range never given out. */

export type Person = {
  id: string;
  surname: string;
  given: string;
  birth_date?: string;
  sex: "female" | "male" | "other" | "unknown";
  mrn: string;
  phone?: string;
  email?: string;
  /** Seen by another unit: nobody who signs in here is on the care team. */
  elsewhere?: boolean;
  /** With a long imported history. */
  long?: boolean;
  deceased?: boolean;
  test?: boolean;
  damaged?: boolean;
};

const GIVEN_F =
  "Grace Ruth Maria Olivia Hannah Edith Joan Clara Naomi Ivy Lena Beatrice Dolores Frances Gladys Harriet Irene Josephine Katherine Lucille Margaret Nadia Phyllis Rosalind Stephanie Theresa Ursula Veronica Winifred Yolanda".split(
    " ",
  );
const GIVEN_M =
  "John Samuel Peter Amos Daniel Victor Leo Martin Hugo Theo Carl Omar Bernard Clifford Douglas Ernest Frederick Gregory Harold Isaac Jerome Kenneth Lawrence Maurice Nathaniel Oscar Philip Quentin Raymond Sylvester".split(
    " ",
  );
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
  person(1, "Smith", "Anna", "1968-04-12", "female", "MRN-4F20A1", "(217) 555-0114"),
  person(2, "Smith", "Anne", "1968-12-04", "female", "MRN-91B7C2", "(217) 555-0177"),
  person(3, "García", "José", "1975-12-04", "male", "MRN-0C3311", "(217) 555-0120"),
  person(4, "García", "José", "1975-04-12", "male", "MRN-0C3399", "(217) 555-0121"),
  person(5, "李", "娜", "1990", "female", "5ad50081-cf54-49bc-b8ea-045497418383", "(217) 555-0130"),
  person(6, "Ng", "O", "2021-02", "male", "MRN-30D0E5", "(217) 555-0131"),
  { ...person(7, "Smith", "Walter", "1931-01-30", "male", "MRN-11E0F9"), deceased: true },
  { ...person(8, "Smith", "Test Patient", "2000-01-01", "unknown", "MRN-TEST01"), test: true },
  { ...person(9, "Smith", "Wilhelmina", "1959-09-09", "female", "MRN-5D5D00"), damaged: true },
  {
    ...person(
      10,
      "Nguyễn",
      "Thị Minh Khai Bảo Châu Alexandria",
      "1984-07-19",
      "female",
      "MRN-EE4410",
      "(217) 555-0188",
    ),
    long: true,
  },
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
  const email = /^[a-z]+$/i.test(given + surname)
    ? `${given}.${surname}${n}@example.org`.toLowerCase()
    : undefined;
  return {
    id,
    surname,
    given,
    birth_date,
    sex,
    mrn,
    ...(phone ? { phone } : {}),
    ...(email ? { email } : {}),
  };
}

/** The named people and enough others for a long list; the same on every start. */
export function people(): Person[] {
  const others = Array.from({ length: 150 }, (_, n) => other(n));
  return [...NAMED, ...others];
}

function other(n: number): Person {
  const female = n % 2 === 0;
  const first = (female ? GIVEN_F : GIVEN_M)[Math.floor(n / 2) % 30] ?? "Alex";
  const given = `${first} ${String.fromCharCode(65 + ((n * 7) % 26))}`;
  const surname = n < 60 ? "Smith" : (SURNAMES[n % SURNAMES.length] ?? "Baker");
  const year = 1932 + ((n * 17) % 88);
  const month = String(1 + ((n * 5) % 12)).padStart(2, "0");
  const day = String(1 + ((n * 11) % 28)).padStart(2, "0");
  const mrn = `MRN-${(BigInt(n * 7919 + 65_537) * 0x9e3779b97f4an).toString(16).toUpperCase().padStart(16, "0").slice(-16)}`;
  const phone = `(217) 555-01${String(n % 100).padStart(2, "0")}`;
  const born = `${year}-${month}-${day}`;
  const who = person(100 + n, surname, given, born, female ? "female" : "male", mrn, phone);
  return surname === "Moreau" ? { ...who, elsewhere: true } : who;
}
