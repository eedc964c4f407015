-- Clients begin a nonce with the time, so that new ones stand side by side in an index that begins with them: a group of
-- sends touches a few pages of it instead of one for each sender. It answers the same question as the one before.

DROP INDEX messages_nonce;
-- A send is idempotent for ever: this index is what keeps that promise.
CREATE UNIQUE INDEX messages_nonce ON messages (nonce, author_id);
