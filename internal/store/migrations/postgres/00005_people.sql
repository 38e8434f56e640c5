-- Who has written to the bot, and who is away until when with whom in their place.

-- +goose Up
CREATE TABLE people (
    tenant    text NOT NULL,
    id        text NOT NULL,
    object_id text NOT NULL,
    name      text NOT NULL,
    locale    text NOT NULL,
    zone      text NOT NULL,
    seen_at   timestamptz NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (tenant, id)
);
CREATE INDEX people_object ON people (tenant, object_id);
CREATE INDEX people_seen ON people (tenant, seen_at);

CREATE TABLE absences (
    tenant             text NOT NULL,
    person_id          text NOT NULL,
    person_name        text NOT NULL,
    person_object_id   text NOT NULL,
    since              timestamptz NOT NULL,
    until              timestamptz NOT NULL,
    stand_in_id        text NOT NULL,
    stand_in_name      text NOT NULL,
    stand_in_object_id text NOT NULL,
    CONSTRAINT absences_pkey PRIMARY KEY (tenant, person_id)
);
