//! Live sockets: sessions, dispatch table, fan-out, resume.
