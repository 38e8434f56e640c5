-- What reports count of escalations, and the board asks for. The tickets have it all as JSON; triggers keep a row for each
-- escalation, so that a program of the version before keeps them true, too.

-- +goose Up
CREATE TABLE escalations (
    tenant         text NOT NULL,
    number         bigint NOT NULL,
    escalation     bigint NOT NULL,
    level          text NOT NULL,
    reasons        text NOT NULL,
    at             timestamptz NOT NULL,
    answer_minutes bigint,
    climbs         bigint NOT NULL,
    outcome        text NOT NULL,
    CONSTRAINT escalations_pkey PRIMARY KEY (tenant, number, escalation),
    CONSTRAINT escalations_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);

-- What was answered before first answers were noted was answered when it ended.
CREATE VIEW escalated AS
SELECT t.tenant, t.number, e.nr AS escalation, e.value ->> 'level' AS level,
    coalesce((SELECT string_agg(r, ',') FROM jsonb_array_elements_text(
        CASE WHEN jsonb_typeof(e.value -> 'reasons') = 'array' THEN e.value -> 'reasons' END) r), '') AS reasons,
    (e.value ->> 'at')::timestamptz AS at,
    floor(extract(epoch FROM
        coalesce(e.value ->> 'first_answer_at', CASE WHEN e.value ->> 'answer' <> '' THEN e.value ->> 'ended_at' END)::timestamptz
        - (e.value ->> 'at')::timestamptz) / 60)::bigint AS answer_minutes,
    (SELECT count(*) FROM jsonb_array_elements(e.value -> 'climbs') c
        WHERE c ->> 'kind' IN ('reminded', 'person', 'level', 'mail')) AS climbs,
    CASE
        WHEN e.value ->> 'ended_at' IS NULL THEN ''
        WHEN (e.value ->> 'chosen')::bigint > 0 THEN 'decided'
        WHEN e.value ->> 'answer' <> '' THEN 'answered'
        WHEN e.value ->> 'declined' <> '' THEN 'declined'
        ELSE 'withdrawn'
    END AS outcome
FROM tickets t,
    jsonb_array_elements(CASE WHEN jsonb_typeof(t.escalations) = 'array' THEN t.escalations ELSE '[]' END)
        WITH ORDINALITY AS e (value, nr);

INSERT INTO escalations SELECT * FROM escalated;

-- The first answers a report alone, the second finds what is open.
CREATE INDEX escalations_at ON escalations (tenant, at, level, reasons, outcome, climbs, answer_minutes);
CREATE INDEX escalations_open ON escalations (tenant, number) WHERE outcome = '';

-- +goose StatementBegin
CREATE FUNCTION tickets_escalated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM escalations WHERE tenant = NEW.tenant AND number = NEW.number;
    INSERT INTO escalations SELECT * FROM escalated WHERE tenant = NEW.tenant AND number = NEW.number;
    RETURN NULL;
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER tickets_escalated_first AFTER INSERT ON tickets
    FOR EACH ROW WHEN (NEW.escalations NOT IN ('null', '[]')) EXECUTE FUNCTION tickets_escalated();
CREATE TRIGGER tickets_escalated_again AFTER UPDATE OF escalations ON tickets
    FOR EACH ROW WHEN (NEW.escalations IS DISTINCT FROM OLD.escalations) EXECUTE FUNCTION tickets_escalated();
