//! What a client may send after the handshake, in any pieces. The properties are those of the ordinary tests.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| parlor_fuzz::check_frames(input));
