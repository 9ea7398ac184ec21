/** What went wrong, for every code the core may answer: one sentence what happened, one what to do next. */
import type { Code } from "../api/bindings";

/** Why the core, or the form before it, refuses an entry. */
export const WHYS: Record<string, string> = {
  missing: "Fill in this field.",
  one_letter: "This has only one letter. Check that it is the whole name.",
  too_long: "This is too long. Shorten it.",
  too_short: "This says too little. Use at least five characters.",
  characters: "This has characters that don't belong here, such as line breaks. Take them out.",
  room_taken: "Somebody else has this room at that time. Choose another one.",
  waits_already: "This patient waits for such a visit within these days already. See the waiting list.",
  fits_another: "This fits two patients who look alike. Ask for something that tells them apart.",
  too_large: "This file is too large. Choose a smaller one: the limit stands above.",
  not_a_document: "This file isn't a PDF, JPEG or PNG that can be read. Choose another one.",
  too_many_pages: "This file has too many pages. Print it in parts and attach these.",
  locked: "This PDF opens with a password only. Print it to a PDF without one and attach that.",
  not_a_picture: "This file isn't a JPEG or PNG picture that can be read. Choose another one.",
  form: "This isn't written the way it must be. Check it.",
  in_future: "This date lies in the future.",
  too_long_ago: "This date lies too long ago. Check the year.",
  no_such_day: "This date doesn't exist. Check day and month.",
  before_start: "This lies before the beginning. Check both dates.",
  never_issued: "This number was never given out. Check it with the patient.",
  taken: "This user name is taken. Choose another one.",
  same: "This is the password in use. Choose another one.",
  password_short: "The new password needs 15 characters or more.",
  password_long: "This password is too long. Shorten it.",
  password_common: "This password is one of those that are tried first. Choose another one.",
  password_pattern: "This repeats a short piece or follows a row of keys. Choose another one.",
  password_context: "This is made of your name, the clinic's or the program's. Choose another one.",
  not_listed: "This isn't one of the choices. Choose one from the list.",
  empty: "Fill in this field.",
  impossible: "This date doesn't exist. Check day and month.",
  future: "This date lies in the future.",
  date: "This isn't written like a date. Type one such as 04/30/1968, 1968-04-30 or 1968.",
  not_in_force: "The order isn't in force. Say why it was given all the same.",
  other_package:
    "This package isn't what was ordered. Nothing was saved: take the right one, or say under Reason why this one was given.",
  other_wristband: "This wristband is another patient's. Nothing was saved: check who is before you.",
  digits: "Type nine digits with hyphens: 123-45-6789.",
};

const DATE = "Type a date such as 2024, 2024-03 or 2024-03-18.";

/** What `form` means for a field whose form can be told in a sentence. */
export const FORMS: Record<string, string> = {
  "problems.onset": DATE,
  "problems.abatement": DATE,
  "national_id.ssn": "Type all nine digits.",
};

export const FAILURES: Record<Code, string> = {
  not_signed_in: "Nobody is signed in any more. Sign in again to go on.",
  locked: "The seat is locked. Unlock it to go on.",
  wrong_sign_in: "User name or password is wrong. Check Caps Lock and type both again.",
  wait: "Too many wrong tries. Wait a moment, then try again.",
  no_right: "Your role doesn't include this. Ask someone whose role does.",
  not_on_care_team:
    "You aren't on this patient's care team, so the chart stays closed. A visit today or an entry in the care team opens it.",
  not_found:
    "This record can't be found. Search again; if it should be here, tell the person who runs Wardseal.",
  invalid: "Something in the form can't be saved. See the marked field.",
  illegal_step: "What it is now doesn't allow that. Close this and look at it again.",
  wrong_patient:
    "The chart that is open belongs to another patient, so nothing was saved. Open the right chart and enter it there.",
  too_many_searches: "That was more searches than a person types. Wait a moment, then type on.",
  conflict: "Someone else saved this meanwhile. Nothing was overwritten.",
  damaged:
    "This record failed its integrity check, so nothing of it is shown. Tell the person who runs Wardseal; other records aren't affected.",
  disk_full:
    "The disk is full. Nothing was saved; what you typed is still here. Free some space and save again.",
  read_only:
    "The disk can't be written to. Nothing was saved; what you typed is still here. Tell the person who runs Wardseal.",
  store_busy: "Another program is using the store. Wait a few seconds and try again.",
  store_cant_open: "The store can't be opened. Nothing was changed. Tell the person who runs Wardseal.",
  store_version: "The store was written by a newer Wardseal. Update this workstation, then start again.",
  store_unreachable:
    "The server can't be reached. Nothing was saved; what you typed is still here. Check the network, then try again.",
  outcome_unknown:
    "The connection broke while this was being saved, so it isn't known yet whether it was. Open the record again and look before you enter it a second time.",
  store_refused:
    "The server refused this workstation. Nothing was saved; what you typed is still here. Tell the person who runs Wardseal.",
  store_unfit:
    "The server, or the way to it, isn't acceptable, so nothing is read or saved there. Tell the person who runs Wardseal.",
  audit_unwritable:
    "The audit log can't be written, so nothing is shown or saved. Tell the person who runs Wardseal.",
  keychain_absent:
    "This computer has no keychain running, so the keys can't be read. Start the system's keychain, then try again.",
  keychain_locked: "The computer's keychain is locked. Unlock it, then try again.",
  keychain_wrong_key:
    "The keychain holds a key that doesn't belong to this store. Nothing was changed. Tell the person who runs Wardseal.",
  other_environment:
    "The keychain's key is for another kind of store: demo, test or production. It was refused and nothing was changed.",
  keychain_empty_password:
    "The keychain has an empty password, which protects nothing. Give it a password, then try again.",
  keychain_first_run: "This workstation hasn't been set up yet. Run the first-run command, then try again.",
  keys_damaged: "The key list failed its check, so no key is used. Tell the person who runs Wardseal.",
  choose_password:
    "The password you signed in with was given to you by somebody else. Choose your own first.",
  wrong_code:
    "This isn't the code of this request. Compare it once more; if it differs, tell your administrator.",
  not_held: "Nothing of what waits is yours to give. Ask a colleague who works with it.",
  same_person: "This takes two different people. Ask a colleague.",
  held: "A legal hold stands for this record, so it can't be erased.",
  kms: "The key management service didn't open the keys. Nothing was shown or changed. Tell the person who runs Wardseal.",
  policy_file:
    "The policy file on this workstation can't be used. Nothing was changed. Tell the person who runs Wardseal.",
  workstation_ended:
    "This workstation doesn't belong to the clinic any more, or its key was renewed without it. Nothing was changed; ask your administrator to enrol it anew.",
  workstation_copied:
    "This workstation's key is in use in another place: one of the two is a copy. Nothing was changed and nothing is lost; ask your administrator to enrol this one anew.",
  last_workstation: "This is the clinic's last workstation. Enrol another one first.",
  store_moved:
    "The clinic's records were moved to another place, so nothing is written here any more. Ask your administrator to point this workstation to the new one.",
  merged_already: "One of these two records is merged already. Take that back first.",
  identity_wanted: "Compare two identifiers with the patient before this chart opens.",
  identity_differs:
    "That isn't what the record says. Ask the patient again, or check that this is the right record.",
  shares: "The recovery shares were refused. Nothing was changed.",
  cancelled: "Cancelled. Nothing was changed.",
  timed_out: "No answer came in time. Try again.",
  internal:
    "Wardseal couldn't do this, and nothing of it was kept. Try again; if it happens twice, tell the person who runs Wardseal.",
  restricted_disclosure:
    "The patient has restricted this, or an authorization is missing, so nothing is made. Look under “Who may be told” in the patient's record.",
  not_this_person:
    "What was said isn't what is on file: this may be another person. Nothing was changed; look for the patient again.",
  no_relay:
    "No mail relay is named for this workstation, so no reminder was sent. Tell the person who runs Wardseal.",
};
