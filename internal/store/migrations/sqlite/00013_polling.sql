-- How far the system of record was read, and the messages that were heard there.

-- +goose Up
CREATE TABLE polling (
    id    integer NOT NULL,
    state text NOT NULL,
    CONSTRAINT polling_pkey PRIMARY KEY (id),
    CONSTRAINT polling_one CHECK (id = 1)
);

-- A message that nothing was done about yet is not "done". Of those that came twice there is one.
CREATE TABLE record_messages (
    message integer NOT NULL,
    model   text NOT NULL,
    record  integer NOT NULL,
    body    text NOT NULL,
    done    boolean NOT NULL,
    CONSTRAINT record_messages_pkey PRIMARY KEY (message)
);
CREATE INDEX record_messages_waiting ON record_messages (model, record, message) WHERE NOT done;

-- When the customer wrote what nobody has answered yet.
ALTER TABLE tickets ADD COLUMN customer_wrote_at timestamp;
