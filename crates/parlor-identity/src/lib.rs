//! Who is it: passwords, sessions, tokens.
