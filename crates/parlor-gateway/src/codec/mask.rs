//! Takes the mask off a client's payload (RFC 6455, section 5.3). The mask is no secret: it keeps what a page sends from
//! looking like another protocol to a careless proxy.

/// Bytes treated at once: what a vector register holds on every processor of the last decades.
const LANES: usize = 32;

/// Takes the mask off in place. `key` is the one for the first of these bytes; the one for the byte that follows them is
/// returned, so that a payload may come in pieces.
pub(super) fn unmask(bytes: &mut [u8], key: [u8; 4]) -> [u8; 4] {
    let (chunks, rest) = bytes.as_chunks_mut::<LANES>();
    if !chunks.is_empty() {
        let wide: [u8; LANES] = std::array::from_fn(|index| key[index % 4]);
        for chunk in chunks {
            for (byte, mask) in chunk.iter_mut().zip(&wide) {
                *byte ^= mask;
            }
        }
    }
    let (words, tail) = rest.as_chunks_mut::<4>();
    for word in words {
        *word = (u32::from_ne_bytes(*word) ^ u32::from_ne_bytes(key)).to_ne_bytes();
    }
    for (byte, mask) in tail.iter_mut().zip(&key) {
        *byte ^= mask;
    }
    let turned = tail.len();
    std::array::from_fn(|index| key[(index + turned) % 4])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_one_of_the_standard(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            key in any::<[u8; 4]>(),
            cut in any::<prop::sample::Index>(),
        ) {
            let expected: Vec<u8> =
                bytes.iter().enumerate().map(|(index, byte)| byte ^ key[index % 4]).collect();
            let mut whole = bytes.clone();
            unmask(&mut whole, key);
            prop_assert_eq!(&whole, &expected);

            let mut pieces = bytes;
            let cut = cut.index(pieces.len() + 1);
            let (first, second) = pieces.split_at_mut(cut);
            let next = unmask(first, key);
            unmask(second, next);
            prop_assert_eq!(&pieces, &expected);
        }
    }
}
