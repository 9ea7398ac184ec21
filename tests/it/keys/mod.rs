//! Who can open what, with which keys in hand.

mod forms;
mod grants;
mod memory;
mod os_keychain;
mod site;
mod world;
