-- What the clocks of a ticket need: when the next one is due, how many promises were broken, what was snoozed, and who
-- cannot be reached. A version before this one leaves these columns as they are.

-- +goose Up
ALTER TABLE tickets
    ADD COLUMN clock_due timestamptz,
    ADD COLUMN breaches  bigint NOT NULL DEFAULT 0,
    ADD COLUMN snoozes   jsonb,
    ADD COLUMN unreached jsonb;
CREATE INDEX tickets_late ON tickets (tenant, clock_due) WHERE clock_due IS NOT NULL;
CREATE INDEX tickets_unreached ON tickets (tenant, number) WHERE unreached IS NOT NULL;
CREATE INDEX tickets_open ON tickets (tenant, number) WHERE state = 'open';

CREATE TABLE settings (
    name  text NOT NULL,
    value text NOT NULL,
    CONSTRAINT settings_pkey PRIMARY KEY (name)
);
