-- Who follows which tickets, and when a conversation wants to be left alone. A version before this one posts and draws
-- live cards only, which is what the columns say where it leaves them out.

-- +goose Up
ALTER TABLE tickets ADD COLUMN status_text text NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN status_at timestamptz;

ALTER TABLE posts ADD COLUMN purpose text NOT NULL DEFAULT '';
ALTER TABLE posts ADD COLUMN noticed bigint NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX posts_status ON posts (tenant, number, conversation, thread) WHERE purpose = 'status';
CREATE INDEX posts_status_place ON posts (tenant, conversation, thread) WHERE purpose = 'status';

-- Number 0 stands for every ticket, of the class and more urgent ones.
CREATE TABLE follows (
    tenant       text NOT NULL,
    number       bigint NOT NULL,
    conversation text NOT NULL,
    thread       text NOT NULL,
    class        text NOT NULL,
    by_id        text NOT NULL,
    by_name      text NOT NULL,
    by_object_id text NOT NULL,
    at           timestamptz NOT NULL,
    CONSTRAINT follows_pkey PRIMARY KEY (tenant, number, conversation, thread)
);
CREATE INDEX follows_place ON follows (tenant, conversation, thread);

-- The hours are minutes after midnight on the clock of the zone.
CREATE TABLE quiets (
    tenant       text NOT NULL,
    conversation text NOT NULL,
    from_minute  smallint NOT NULL,
    to_minute    smallint NOT NULL,
    zone         text NOT NULL,
    by_id        text NOT NULL,
    by_name      text NOT NULL,
    by_object_id text NOT NULL,
    at           timestamptz NOT NULL,
    CONSTRAINT quiets_pkey PRIMARY KEY (tenant, conversation)
);

-- What quiet hours have held back, also after it was told.
CREATE TABLE held (
    tenant       text NOT NULL,
    conversation text NOT NULL,
    thread       text NOT NULL,
    number       bigint NOT NULL,
    version      bigint NOT NULL,
    event        jsonb NOT NULL,
    at           timestamptz NOT NULL,
    told         boolean NOT NULL,
    CONSTRAINT held_pkey PRIMARY KEY (tenant, conversation, thread, number)
);
