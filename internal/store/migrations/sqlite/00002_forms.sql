-- Forms that somebody fills in on a ticket's card: while one is open, nobody edits the message under it.

-- +goose Up
CREATE TABLE open_forms (
    tenant       text NOT NULL,
    conversation text NOT NULL,
    activity     text NOT NULL,
    person       text NOT NULL,
    open_until   timestamp NOT NULL,
    CONSTRAINT open_forms_pkey PRIMARY KEY (tenant, conversation, activity, person)
);
