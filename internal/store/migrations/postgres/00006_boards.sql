-- Boards, and what they and reports are answered from.

-- +goose Up
CREATE TABLE boards (
    tenant       text NOT NULL,
    conversation text NOT NULL,
    thread       text NOT NULL,
    round        bigint NOT NULL,
    activity     text NOT NULL,
    view         jsonb NOT NULL,
    page         bigint NOT NULL,
    asked_at     timestamptz NOT NULL,
    drawn_at     timestamptz,
    due          boolean NOT NULL,
    held_until   timestamptz,
    CONSTRAINT boards_pkey PRIMARY KEY (tenant, conversation, thread)
);

CREATE TABLE downloads (
    digest      text NOT NULL,
    tenant      text NOT NULL,
    from_at     timestamptz NOT NULL,
    to_at       timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    CONSTRAINT downloads_pkey PRIMARY KEY (digest)
);

-- search is what words are looked for in: number, title and customer in small letters. The program makes them small, so
-- that every database does it alike; what was stored before gets its own small letters here until it is saved again.
-- moved_at is when a ticket was last opened, acknowledged, resolved or closed. The database works out the others by itself,
-- also for the version before, which knows nothing of them.
ALTER TABLE tickets
    ADD COLUMN search text NOT NULL DEFAULT '',
    ADD COLUMN moved_at timestamptz
        GENERATED ALWAYS AS (GREATEST(opened_at, acknowledged_at, resolved_at, closed_at)) STORED,
    ADD COLUMN acknowledge_minutes bigint
        GENERATED ALWAYS AS (floor(extract(epoch FROM acknowledged_at - opened_at) / 60)::bigint) STORED,
    ADD COLUMN resolve_minutes bigint
        GENERATED ALWAYS AS (floor(extract(epoch FROM resolved_at - opened_at) / 60)::bigint) STORED;
UPDATE tickets SET search = left(lower('t-' || number || chr(10) || title || chr(10) || customer), 350);

-- Everything that a board counts and looks for is in one index of the open tickets, so that no ticket has to be read for
-- it. A change of a ticket touches the index only when the class, the step, the owner, the title or the next clock changes;
-- all others stay in their page (HOT), as before.
CREATE INDEX tickets_board ON tickets (tenant, class_rank, opened_at, number)
    INCLUDE (step, owner_id, clock_due, search) WHERE state = 'open';
-- The same for reports: it changes four times in the life of most tickets.
CREATE INDEX tickets_moved ON tickets (tenant, moved_at)
    INCLUDE (class_rank, opened_at, acknowledged_at, resolved_at, closed_at, acknowledge_minutes, resolve_minutes, breaches);
