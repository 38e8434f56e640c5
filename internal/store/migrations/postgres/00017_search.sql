-- The words by which tickets are found, as the program takes them from the text. The tickets that are there already it
-- takes up in the background, a page at a time, as it does those that a version before this one changes: a migration
-- knows nothing of accents, and that of 100,000 tickets would keep everybody waiting.

-- +goose Up
CREATE TABLE ticket_words (
    tenant text NOT NULL,
    number bigint NOT NULL,
    closed boolean NOT NULL,
    stale  boolean NOT NULL DEFAULT false,
    words  tsvector NOT NULL,
    CONSTRAINT ticket_words_pkey PRIMARY KEY (tenant, number),
    CONSTRAINT ticket_words_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);
CREATE INDEX ticket_words_newest ON ticket_words (tenant, closed, number DESC);
-- Without a list of what is to be put into it later, which each search would have to read.
CREATE INDEX ticket_words_found ON ticket_words USING gin (words) WITH (fastupdate = off);

-- +goose StatementBegin
CREATE FUNCTION ticket_words_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ticket_words SET stale = true WHERE tenant = NEW.tenant AND number = NEW.number;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER ticket_words_stale AFTER UPDATE OF title, customer, details, state ON tickets FOR EACH ROW
    WHEN ((OLD.title, OLD.customer, OLD.details, OLD.state) IS DISTINCT FROM (NEW.title, NEW.customer, NEW.details, NEW.state))
    EXECUTE FUNCTION ticket_words_stale();
