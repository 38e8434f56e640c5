-- Who stands behind each level, the texts in work and those that were sent, and the cards of escalations.

-- +goose Up
CREATE TABLE routes (
    tenant       text NOT NULL,
    level        text NOT NULL,
    conversation text NOT NULL,
    thread       text NOT NULL,
    people       text NOT NULL,
    mail         text NOT NULL,
    by_id        text NOT NULL,
    by_name      text NOT NULL,
    by_object_id text NOT NULL,
    at           timestamp NOT NULL,
    CONSTRAINT routes_pkey PRIMARY KEY (tenant, level)
);

CREATE TABLE drafts (
    id           integer NOT NULL,
    tenant       text NOT NULL,
    number       integer NOT NULL,
    reader       text NOT NULL,
    kind         text NOT NULL,
    version      integer NOT NULL,
    body         text NOT NULL,
    by_id        text NOT NULL,
    by_name      text NOT NULL,
    by_object_id text NOT NULL,
    at           timestamp NOT NULL,
    sent_at      timestamp,
    CONSTRAINT drafts_pkey PRIMARY KEY (id AUTOINCREMENT),
    CONSTRAINT drafts_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);
-- A ticket has one text in work for each reader and occasion, and any number of sent ones.
CREATE UNIQUE INDEX drafts_in_work ON drafts (tenant, number, reader, kind) WHERE sent_at IS NULL;
CREATE INDEX drafts_sent ON drafts (tenant, number, sent_at) WHERE sent_at IS NOT NULL;

-- The facts that were written down for the texts; null while there are none.
ALTER TABLE tickets ADD COLUMN gathered text;
-- The number of the escalation that a post shows.
ALTER TABLE posts ADD COLUMN subject integer NOT NULL DEFAULT 0;
