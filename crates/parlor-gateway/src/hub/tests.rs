//! The hub with a bus that loses, repeats and reorders, over a store that is played.
