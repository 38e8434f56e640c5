-- What reports count of escalations, and the board asks for. The tickets have it all as JSON; triggers keep a row for each
-- escalation, so that a program of the version before keeps them true, too.

-- +goose Up
CREATE TABLE escalations (
    tenant         text NOT NULL,
    number         integer NOT NULL,
    escalation     integer NOT NULL,
    level          text NOT NULL,
    reasons        text NOT NULL,
    at             timestamp NOT NULL,
    answer_minutes integer,
    climbs         integer NOT NULL,
    outcome        text NOT NULL,
    CONSTRAINT escalations_pkey PRIMARY KEY (tenant, number, escalation),
    CONSTRAINT escalations_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);

-- Times are JSON's in the tickets, and the driver's here, so that they compare as text. What was answered before first
-- answers were noted was answered when it ended.
CREATE VIEW escalated AS
SELECT t.tenant, t.number, e.key + 1 AS escalation, e.value ->> 'level' AS level,
    ifnull((SELECT group_concat(r.value, ',') FROM json_each(e.value, '$.reasons') r), '') AS reasons,
    replace(replace(e.value ->> 'at', 'T', ' '), 'Z', '+00:00') AS at,
    (unixepoch(ifnull(e.value ->> 'first_answer_at', CASE WHEN e.value ->> 'answer' <> '' THEN e.value ->> 'ended_at' END))
        - unixepoch(e.value ->> 'at')) / 60 AS answer_minutes,
    (SELECT count(*) FROM json_each(e.value, '$.climbs') c WHERE c.value ->> 'kind' IN ('reminded', 'person', 'level', 'mail')) AS climbs,
    CASE
        WHEN e.value ->> 'ended_at' IS NULL THEN ''
        WHEN e.value ->> 'chosen' > 0 THEN 'decided'
        WHEN e.value ->> 'answer' <> '' THEN 'answered'
        WHEN e.value ->> 'declined' <> '' THEN 'declined'
        ELSE 'withdrawn'
    END AS outcome
FROM tickets t, json_each(t.escalations) e
WHERE e.type = 'object';

INSERT INTO escalations SELECT * FROM escalated;

-- The first answers a report alone, the second finds what is open.
CREATE INDEX escalations_at ON escalations (tenant, at, level, reasons, outcome, climbs, answer_minutes);
CREATE INDEX escalations_open ON escalations (tenant, number) WHERE outcome = '';

-- +goose StatementBegin
CREATE TRIGGER tickets_escalated_first AFTER INSERT ON tickets WHEN NEW.escalations LIKE '[{%' BEGIN
    INSERT INTO escalations SELECT * FROM escalated WHERE tenant = NEW.tenant AND number = NEW.number;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tickets_escalated_again AFTER UPDATE OF escalations ON tickets WHEN NEW.escalations IS NOT OLD.escalations BEGIN
    DELETE FROM escalations WHERE tenant = NEW.tenant AND number = NEW.number;
    INSERT INTO escalations SELECT * FROM escalated WHERE tenant = NEW.tenant AND number = NEW.number;
END;
-- +goose StatementEnd
