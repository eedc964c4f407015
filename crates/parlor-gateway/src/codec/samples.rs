//! What a client would send: for tests alone.

use flate2::{Compress, Compression, FlushCompress};

/// A client's frame: the first byte as given, the payload masked.
pub(crate) fn frame(first: u8, payload: &[u8], key: [u8; 4]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..126 => bytes.push(0x80 | u8::try_from(length).unwrap()),
        length @ 126..0x1_0000 => {
            bytes.push(0xfe);
            bytes.extend_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            bytes.push(0xff);
            bytes.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(&key);
    bytes.extend(payload.iter().enumerate().map(|(index, byte)| byte ^ key[index % 4]));
    bytes
}

/// A message compressed as a client would, without the tail.
pub(crate) fn deflated(message: &[u8]) -> Vec<u8> {
    let mut output = Vec::with_capacity(message.len() + 1_000);
    let mut state = Compress::new(Compression::best(), false);
    state.compress_vec(message, &mut output, FlushCompress::Sync).unwrap();
    output.strip_suffix(&[0x00, 0x00, 0xff, 0xff]).unwrap().to_vec()
}
