-- How a room's name looks in the case in which it is shown: some capitals look like those of another script while their
-- small letters do not. Rooms from before get theirs from the program, which alone can make it; where two of them look
-- alike, the younger stays without.

ALTER TABLE rooms ADD COLUMN written_key TEXT;
CREATE UNIQUE INDEX rooms_written_key ON rooms (workspace_id, written_key) WHERE kind = 'public';
-- Empty on every server but those with such a pair, so that each start asks for them at no cost.
CREATE INDEX rooms_without_key ON rooms (id) WHERE written_key IS NULL;
