//! Parlor's wire types: commands, replies, events, error and close codes.
