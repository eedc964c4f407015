-- The first schema. One text for both engines, except where a section names one.
-- Ids are 16 bytes, times milliseconds since 1970, places in a room (seq) count from 1, enumerations are words.

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE workspaces (
    id         BYTEA  NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id            BYTEA   NOT NULL PRIMARY KEY,
    workspace_id  BYTEA   NOT NULL REFERENCES workspaces (id),
    username      TEXT    NOT NULL,
    username_key  TEXT    NOT NULL,
    display_name  TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    invited       BOOLEAN NOT NULL,
    password_hash TEXT,
    created_at    BIGINT  NOT NULL
);

CREATE TABLE sessions (
    id           BYTEA  NOT NULL PRIMARY KEY,
    user_id      BYTEA  NOT NULL REFERENCES users (id),
    label        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    token_hash   BYTEA  NOT NULL
);
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE rooms (
    id           BYTEA  NOT NULL PRIMARY KEY,
    workspace_id BYTEA  NOT NULL REFERENCES workspaces (id),
    slug         TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    name_key     TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    topic        TEXT   NOT NULL,
    head         BIGINT NOT NULL,
    access_seq   BIGINT NOT NULL,
    changed_seq  BIGINT NOT NULL,
    epoch        BIGINT NOT NULL,
    member_count BIGINT NOT NULL,
    created_at   BIGINT NOT NULL
);

CREATE TABLE members (
    room_id     BYTEA   NOT NULL REFERENCES rooms (id),
    user_id     BYTEA   NOT NULL REFERENCES users (id),
    role        TEXT    NOT NULL,
    active      BOOLEAN NOT NULL,
    changed_seq BIGINT  NOT NULL,
    joined_at   BIGINT  NOT NULL,
    PRIMARY KEY (room_id, user_id)
);
CREATE INDEX members_user ON members (user_id);
CREATE INDEX members_changed ON members (room_id, changed_seq);

CREATE TABLE messages (
    room_id     BYTEA  NOT NULL REFERENCES rooms (id),
    seq         BIGINT NOT NULL,
    changed_seq BIGINT NOT NULL,
    id          BYTEA  NOT NULL,
    author_id   BYTEA  NOT NULL REFERENCES users (id),
    kind        TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    nonce       TEXT,
    reply_to    BYTEA,
    sent_at     BIGINT NOT NULL,
    edited_at   BIGINT,
    deleted_at  BIGINT,
    PRIMARY KEY (room_id, seq)
);
CREATE UNIQUE INDEX messages_id ON messages (id);
-- A send is idempotent for ever: this index is what keeps that promise. It also finds what somebody wrote.
CREATE UNIQUE INDEX messages_nonce ON messages (author_id, nonce);
-- Only what was edited or deleted. The rest is found by its place, so that a send pays for one index less.
CREATE INDEX messages_changed ON messages (room_id, changed_seq) WHERE changed_seq <> seq;

CREATE TABLE invites (
    id           BYTEA   NOT NULL PRIMARY KEY,
    workspace_id BYTEA   NOT NULL REFERENCES workspaces (id),
    room_id      BYTEA   NOT NULL REFERENCES rooms (id),
    created_by   BYTEA   NOT NULL REFERENCES users (id),
    created_at   BIGINT  NOT NULL,
    expires_at   BIGINT,
    max_uses     BIGINT,
    uses         BIGINT  NOT NULL,
    revoked      BOOLEAN NOT NULL,
    code_hash    BYTEA   NOT NULL
);
CREATE UNIQUE INDEX invites_code ON invites (code_hash);
CREATE INDEX invites_room ON invites (room_id);

-- postgres:
-- Keys sort by their bytes, as they do on SQLite, whatever the language of the database is.
ALTER TABLE users ALTER COLUMN username_key TYPE TEXT COLLATE "C";
ALTER TABLE rooms ALTER COLUMN name_key TYPE TEXT COLLATE "C";
-- both:

CREATE UNIQUE INDEX users_username ON users (workspace_id, username);
CREATE UNIQUE INDEX users_key ON users (workspace_id, username_key);
CREATE UNIQUE INDEX rooms_slug ON rooms (workspace_id, slug);
-- People must be able to tell the rooms they may join apart; private rooms are nobody else's business.
CREATE UNIQUE INDEX rooms_key ON rooms (workspace_id, name_key) WHERE kind = 'public';
