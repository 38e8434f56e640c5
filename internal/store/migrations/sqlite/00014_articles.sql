-- What tickets have taught. The words are looked for in all of an article.

-- +goose Up
CREATE TABLE articles (
    id           integer PRIMARY KEY,
    tenant       text NOT NULL,
    number       integer NOT NULL,
    version      integer NOT NULL,
    body         text NOT NULL,
    shelf        text NOT NULL,
    by_id        text NOT NULL,
    by_name      text NOT NULL,
    by_object_id text NOT NULL,
    at           timestamp NOT NULL,
    search       text NOT NULL,
    CONSTRAINT articles_key UNIQUE (tenant, number),
    CONSTRAINT articles_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);

-- The index keeps no text of its own, and triggers keep it true ("External Content Tables", FTS5).
CREATE VIRTUAL TABLE articles_words USING fts5 (search, content = 'articles', content_rowid = 'id', tokenize = 'unicode61');

-- +goose StatementBegin
CREATE TRIGGER articles_found_first AFTER INSERT ON articles BEGIN
    INSERT INTO articles_words (rowid, search) VALUES (NEW.id, NEW.search);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER articles_found_again AFTER UPDATE OF search ON articles BEGIN
    INSERT INTO articles_words (articles_words, rowid, search) VALUES ('delete', OLD.id, OLD.search);
    INSERT INTO articles_words (rowid, search) VALUES (NEW.id, NEW.search);
END;
-- +goose StatementEnd

-- What differs from the system of record is offered as a file, too.
ALTER TABLE downloads ADD COLUMN comparison boolean NOT NULL DEFAULT false;
