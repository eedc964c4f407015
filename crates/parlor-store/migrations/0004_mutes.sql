-- A member who may read and not write: since when, until when (for good, if NULL), by whom and why. All four are NULL for
-- whoever was never muted here; a mute whose time is over stays until the next one, or until somebody ends it.

ALTER TABLE members ADD COLUMN muted_at BIGINT;
ALTER TABLE members ADD COLUMN muted_until BIGINT;
ALTER TABLE members ADD COLUMN muted_by BYTEA REFERENCES users (id);
ALTER TABLE members ADD COLUMN mute_reason TEXT;
