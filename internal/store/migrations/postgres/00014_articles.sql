-- What tickets have taught. The words are looked for in all of an article.

-- +goose Up
CREATE TABLE articles (
    tenant       text NOT NULL,
    number       bigint NOT NULL,
    version      bigint NOT NULL,
    body         jsonb NOT NULL,
    shelf        jsonb NOT NULL,
    by_id        text NOT NULL,
    by_name      text NOT NULL,
    by_object_id text NOT NULL,
    at           timestamptz NOT NULL,
    search       text NOT NULL,
    words        tsvector GENERATED ALWAYS AS (to_tsvector('simple', search)) STORED,
    CONSTRAINT articles_pkey PRIMARY KEY (tenant, number),
    CONSTRAINT articles_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);

CREATE INDEX articles_words ON articles USING gin (words);

-- What differs from the system of record is offered as a file, too.
ALTER TABLE downloads ADD COLUMN comparison boolean NOT NULL DEFAULT false;
