//! What a client may say in a frame, in either encoding. The properties are those of the ordinary tests.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| parlor_fuzz::check_commands(input));
