-- The words by which tickets are found, as the program takes them from the text. The tickets that are there already it
-- takes up in the background, a page at a time, as it does those that a version before this one changes: a migration
-- knows nothing of accents, and that of 100,000 tickets would keep everybody waiting.

-- +goose Up
-- The ids are in the order of the numbers, which is that of what is found: 4096 of them for each number, one a tenant.
CREATE TABLE ticket_words (
    id     integer PRIMARY KEY,
    tenant text NOT NULL,
    number integer NOT NULL,
    closed boolean NOT NULL,
    stale  boolean NOT NULL DEFAULT false,
    words  text NOT NULL,
    CONSTRAINT ticket_words_key UNIQUE (tenant, number),
    CONSTRAINT ticket_words_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);

-- The words are folded and parted already, and stand beside one that begins with a colon and names the tenant and
-- whether the ticket is open.
CREATE VIRTUAL TABLE ticket_words_found USING fts5 (
    words, content = 'ticket_words', content_rowid = 'id', detail = none, prefix = '1 2 3', tokenize = "ascii tokenchars ':'"
);
CREATE VIRTUAL TABLE ticket_words_terms USING fts5vocab (ticket_words_found, row);

-- +goose StatementBegin
CREATE TRIGGER ticket_words_first AFTER INSERT ON ticket_words BEGIN
    INSERT INTO ticket_words_found (rowid, words) VALUES (NEW.id, NEW.words);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ticket_words_again AFTER UPDATE OF words ON ticket_words WHEN OLD.words <> NEW.words BEGIN
    INSERT INTO ticket_words_found (ticket_words_found, rowid, words) VALUES ('delete', OLD.id, OLD.words);
    INSERT INTO ticket_words_found (rowid, words) VALUES (NEW.id, NEW.words);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ticket_words_last AFTER DELETE ON ticket_words BEGIN
    INSERT INTO ticket_words_found (ticket_words_found, rowid, words) VALUES ('delete', OLD.id, OLD.words);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ticket_words_stale AFTER UPDATE OF title, customer, details, state ON tickets
WHEN (OLD.title, OLD.customer, OLD.details, OLD.state) IS NOT (NEW.title, NEW.customer, NEW.details, NEW.state) BEGIN
    UPDATE ticket_words SET stale = true WHERE tenant = NEW.tenant AND number = NEW.number;
END;
-- +goose StatementEnd
