-- What is known of the tickets' records in the system of record: which they are, what they have of the ticket, and what holds
-- them up. The history is what goes there: "sent" is the last line of it that is there.

-- +goose Up
CREATE TABLE records (
    tenant  text NOT NULL,
    number  bigint NOT NULL,
    key     text NOT NULL,
    model   text NOT NULL,
    record  bigint NOT NULL,
    label   text NOT NULL,
    url     text NOT NULL,
    base    jsonb NOT NULL,
    said    jsonb NOT NULL,
    sent    bigint NOT NULL,
    through timestamptz NOT NULL,
    live    timestamptz NOT NULL,
    heard   bigint NOT NULL,
    trouble text NOT NULL,
    stop    jsonb NOT NULL,
    leased  timestamptz NOT NULL,
    CONSTRAINT records_pkey PRIMARY KEY (tenant, number),
    CONSTRAINT records_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);
CREATE UNIQUE INDEX records_key ON records (key);
-- Two tickets have the same record after a merge.
CREATE INDEX records_record ON records (model, record) WHERE record <> 0;
