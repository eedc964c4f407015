//! Durable rows on SQLite or PostgreSQL behind one interface.
