-- Files and links of tickets, and the content of the files: once for each tenant, in chunks.

-- +goose Up
CREATE TABLE blobs (
    id       integer NOT NULL,
    tenant   text NOT NULL,
    digest   text NOT NULL,
    size     integer NOT NULL,
    begun_at timestamp NOT NULL,
    CONSTRAINT blobs_pkey PRIMARY KEY (id AUTOINCREMENT)
);
-- What is still on its way has no digest.
CREATE UNIQUE INDEX blobs_digest ON blobs (tenant, digest) WHERE digest <> '';
CREATE INDEX blobs_begun ON blobs (begun_at) WHERE digest = '';

CREATE TABLE blob_chunks (
    blob  integer NOT NULL,
    place integer NOT NULL,
    data  blob NOT NULL,
    CONSTRAINT blob_chunks_pkey PRIMARY KEY (blob, place),
    CONSTRAINT blob_chunks_blob FOREIGN KEY (blob) REFERENCES blobs (id) ON DELETE CASCADE
);

CREATE TABLE attachments (
    id           integer NOT NULL,
    tenant       text NOT NULL,
    number       integer NOT NULL,
    name         text NOT NULL,
    type         text NOT NULL,
    blob         integer,
    link         text NOT NULL,
    by_id        text NOT NULL,
    by_name      text NOT NULL,
    by_object_id text NOT NULL,
    at           timestamp NOT NULL,
    conversation text NOT NULL,
    thread       text NOT NULL,
    activity     text NOT NULL,
    part         integer NOT NULL,
    source       text NOT NULL,
    source_url   text NOT NULL,
    picture      boolean NOT NULL,
    CONSTRAINT attachments_pkey PRIMARY KEY (id AUTOINCREMENT),
    CONSTRAINT attachments_message UNIQUE (tenant, conversation, activity, part),
    CONSTRAINT attachments_blob FOREIGN KEY (blob) REFERENCES blobs (id)
);
CREATE INDEX attachments_ticket ON attachments (tenant, number, id);
CREATE INDEX attachments_content ON attachments (blob);

ALTER TABLE tickets ADD COLUMN files integer NOT NULL DEFAULT 0;
ALTER TABLE downloads ADD COLUMN attachment integer NOT NULL DEFAULT 0;
