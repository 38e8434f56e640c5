-- Boards, and what they and reports are answered from.

-- +goose Up
CREATE TABLE boards (
    tenant       text NOT NULL,
    conversation text NOT NULL,
    thread       text NOT NULL,
    round        integer NOT NULL,
    activity     text NOT NULL,
    view         text NOT NULL,
    page         integer NOT NULL,
    asked_at     timestamp NOT NULL,
    drawn_at     timestamp,
    due          boolean NOT NULL,
    held_until   timestamp,
    CONSTRAINT boards_pkey PRIMARY KEY (tenant, conversation, thread)
);

CREATE TABLE downloads (
    digest      text NOT NULL,
    tenant      text NOT NULL,
    from_at     timestamp NOT NULL,
    to_at       timestamp NOT NULL,
    until       timestamp NOT NULL,
    CONSTRAINT downloads_pkey PRIMARY KEY (digest)
);

-- search is what words are looked for in: number, title and customer in small letters. The program makes them small, so
-- that every database does it alike; what was stored before gets its own small letters here until it is saved again.
-- moved_at is when a ticket was last opened, acknowledged, resolved or closed. The database works out the others by itself,
-- also for the version before, which knows nothing of them.
ALTER TABLE tickets ADD COLUMN search text NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN moved_at timestamp GENERATED ALWAYS AS
    (max(opened_at, ifnull(acknowledged_at, opened_at), ifnull(resolved_at, opened_at), ifnull(closed_at, opened_at))) VIRTUAL;
ALTER TABLE tickets ADD COLUMN acknowledge_minutes integer GENERATED ALWAYS AS
    ((unixepoch(acknowledged_at) - unixepoch(opened_at)) / 60) VIRTUAL;
ALTER TABLE tickets ADD COLUMN resolve_minutes integer GENERATED ALWAYS AS
    ((unixepoch(resolved_at) - unixepoch(opened_at)) / 60) VIRTUAL;
UPDATE tickets SET search = substr(lower('t-' || number || char(10) || title || char(10) || customer), 1, 350);

-- Everything that a board counts and looks for is in one index of the open tickets, so that no ticket has to be read for it.
CREATE INDEX tickets_board ON tickets (tenant, class_rank, opened_at, number, step, owner_id, clock_due, search)
    WHERE state = 'open';
CREATE INDEX tickets_moved ON tickets (tenant, moved_at, class_rank, opened_at, acknowledged_at, resolved_at, closed_at,
    acknowledge_minutes, resolve_minutes, breaches);
