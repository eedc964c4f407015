-- The order in which rooms are listed: by how people look them up, not by what their names look like. Rooms from before get
-- theirs from the program, which alone can make it.

ALTER TABLE rooms ADD COLUMN sort_key TEXT;
-- postgres:
ALTER TABLE rooms ALTER COLUMN sort_key TYPE TEXT COLLATE "C";
-- both:
CREATE INDEX rooms_in_order ON rooms (workspace_id, sort_key, id) WHERE kind = 'public';
-- Empty once each room has its key, so that each start asks for them at no cost.
CREATE INDEX rooms_without_sort_key ON rooms (id) WHERE sort_key IS NULL;
