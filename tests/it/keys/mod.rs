//! Who can open what, with which keys in hand.

mod forms;
mod forms_of_records;
mod grants;
mod memory;
mod os_keychain;
mod site;
mod world;
