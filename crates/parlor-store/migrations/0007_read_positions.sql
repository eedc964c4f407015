-- Up to where a member has read: one number a member, written when they tell it and never at a message. NULL for whoever
-- came before it was kept and has told nothing since.

ALTER TABLE members ADD COLUMN read_seq BIGINT;
