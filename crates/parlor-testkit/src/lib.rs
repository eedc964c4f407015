//! A whole Parlor server in a test.
