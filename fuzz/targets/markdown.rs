//! What becomes of the text of a message. The properties are those of the ordinary tests.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| parlor_fuzz::check_markdown(input));
