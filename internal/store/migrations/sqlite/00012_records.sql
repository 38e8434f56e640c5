-- What is known of the tickets' records in the system of record: which they are, what they have of the ticket, and what holds
-- them up. The history is what goes there: "sent" is the last line of it that is there.

-- +goose Up
CREATE TABLE records (
    tenant  text NOT NULL,
    number  integer NOT NULL,
    key     text NOT NULL,
    model   text NOT NULL,
    record  integer NOT NULL,
    label   text NOT NULL,
    url     text NOT NULL,
    base    text NOT NULL,
    said    text NOT NULL,
    sent    integer NOT NULL,
    through timestamp NOT NULL,
    live    timestamp NOT NULL,
    heard   integer NOT NULL,
    trouble text NOT NULL,
    stop    text NOT NULL,
    leased  timestamp NOT NULL,
    CONSTRAINT records_pkey PRIMARY KEY (tenant, number),
    CONSTRAINT records_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);
CREATE UNIQUE INDEX records_key ON records (key);
-- Two tickets have the same record after a merge.
CREATE INDEX records_record ON records (model, record) WHERE record <> 0;
