-- Each start of the server begins a run. A position that a client remembers holds in the run in which it was told, and
-- later ones, up to the place that its room had reached when that run ended. That is what a database which was restored
-- from a backup does not know of runs and places that came after the backup.
CREATE TABLE runs (
    number BIGINT NOT NULL PRIMARY KEY,
    epoch  BIGINT NOT NULL
);

-- How far a room was at the end of a run; of rooms that did not move in it there is no row. Run 0 is everything from
-- before there were runs.
CREATE TABLE run_heads (
    room_id BYTEA  NOT NULL REFERENCES rooms (id),
    run     BIGINT NOT NULL,
    head    BIGINT NOT NULL,
    PRIMARY KEY (room_id, run)
);
