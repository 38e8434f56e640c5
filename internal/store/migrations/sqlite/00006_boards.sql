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
-- moved_at is when a ticket was last opened, acknowledged, resolved or closed. Triggers work out the others: an index on
-- generated columns would not answer a report without a look at each ticket.
ALTER TABLE tickets ADD COLUMN search text NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN moved_at timestamp;
ALTER TABLE tickets ADD COLUMN acknowledge_minutes integer;
ALTER TABLE tickets ADD COLUMN resolve_minutes integer;
UPDATE tickets SET search = substr(lower('t-' || number || char(10) || title || char(10) || customer), 1, 350);

UPDATE tickets SET
        moved_at = max(opened_at, ifnull(acknowledged_at, opened_at), ifnull(resolved_at, opened_at), ifnull(closed_at, opened_at)),
        acknowledge_minutes = (unixepoch(acknowledged_at) - unixepoch(opened_at)) / 60,
        resolve_minutes = (unixepoch(resolved_at) - unixepoch(opened_at)) / 60;

-- +goose StatementBegin
CREATE TRIGGER tickets_moved_first AFTER INSERT ON tickets BEGIN
    UPDATE tickets SET
        moved_at = max(opened_at, ifnull(acknowledged_at, opened_at), ifnull(resolved_at, opened_at), ifnull(closed_at, opened_at)),
        acknowledge_minutes = (unixepoch(acknowledged_at) - unixepoch(opened_at)) / 60,
        resolve_minutes = (unixepoch(resolved_at) - unixepoch(opened_at)) / 60
    WHERE rowid = NEW.rowid;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tickets_moved_again AFTER UPDATE OF opened_at, acknowledged_at, resolved_at, closed_at ON tickets
WHEN NEW.opened_at IS NOT OLD.opened_at OR NEW.acknowledged_at IS NOT OLD.acknowledged_at
    OR NEW.resolved_at IS NOT OLD.resolved_at OR NEW.closed_at IS NOT OLD.closed_at
BEGIN
    UPDATE tickets SET
        moved_at = max(opened_at, ifnull(acknowledged_at, opened_at), ifnull(resolved_at, opened_at), ifnull(closed_at, opened_at)),
        acknowledge_minutes = (unixepoch(acknowledged_at) - unixepoch(opened_at)) / 60,
        resolve_minutes = (unixepoch(resolved_at) - unixepoch(opened_at)) / 60
    WHERE rowid = NEW.rowid;
END;
-- +goose StatementEnd

-- Everything that a board counts and looks for is in one index of the open tickets, so that no ticket has to be read for it.
-- It begins with the state, which is the same in all of it, because SQLite takes the index of which it knows most columns.
CREATE INDEX tickets_board ON tickets (tenant, state, class_rank, opened_at, number, step, owner_id, clock_due, search)
    WHERE state = 'open';
CREATE INDEX tickets_moved ON tickets (tenant, moved_at, class_rank, opened_at, acknowledged_at, resolved_at, closed_at,
    acknowledge_minutes, resolve_minutes, breaches);
