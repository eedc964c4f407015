//! A message's way from its commit to the sockets.

use parlor_gateway::counted::FanOut;

use super::{TEXT_BYTES, text};

/// Messages that are taken up together.
const WAVE: usize = 8;

/// To a small room.
pub(super) fn to_ten(rounds: usize) {
    flush(rounds, 10);
}

/// To a larger one.
pub(super) fn to_a_hundred(rounds: usize) {
    flush(rounds, 100);
}

fn flush(rounds: usize, readers: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let _entered = runtime.enter();
    let mut fan_out = FanOut::new(readers);
    let text = text();
    for _ in 0..rounds / WAVE {
        for _ in 0..WAVE {
            fan_out.tell(&text);
        }
        assert!(fan_out.flush() > WAVE * TEXT_BYTES * readers as usize, "not everybody got everything");
    }
}
