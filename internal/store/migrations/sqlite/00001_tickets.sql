-- Tickets, their history, places and cards. Words of people are cleaned before they come here; stored words (step,
-- state, class, kind) are added to and never renamed.

-- +goose Up
CREATE TABLE counters (
    tenant text NOT NULL,
    last   integer NOT NULL,
    CONSTRAINT counters_pkey PRIMARY KEY (tenant)
);

CREATE TABLE tickets (
    tenant              text NOT NULL,
    number              integer NOT NULL,
    version             integer NOT NULL,
    title               text NOT NULL,
    customer            text NOT NULL,
    details             text NOT NULL,
    users               integer,
    due_at              timestamp,
    due_since           timestamp,
    derived             text NOT NULL,
    because             text NOT NULL,
    class               text NOT NULL,
    class_rank          integer NOT NULL,
    class_override      text,
    step                text NOT NULL,
    state               text NOT NULL,
    owner_id            text NOT NULL,
    owner_name          text NOT NULL,
    owner_object_id     text NOT NULL,
    opened_by_id        text NOT NULL,
    opened_by_name      text NOT NULL,
    opened_by_object_id text NOT NULL,
    opened_at           timestamp NOT NULL,
    acknowledged_at     timestamp,
    customer_told_at    timestamp,
    resolved_at         timestamp,
    closed_at           timestamp,
    closed_early        text NOT NULL,
    updated_at          timestamp NOT NULL,
    marks               text NOT NULL,
    escalations         text NOT NULL,
    reminded            text NOT NULL,
    CONSTRAINT tickets_pkey PRIMARY KEY (tenant, number)
);
CREATE INDEX tickets_queue ON tickets (tenant, state, class_rank, opened_at, number);
CREATE INDEX tickets_owner ON tickets (tenant, owner_id, state, class_rank, opened_at, number);

CREATE TABLE history (
    id           integer NOT NULL,
    tenant       text NOT NULL,
    number       integer NOT NULL,
    version      integer NOT NULL,
    at           timestamp NOT NULL,
    by_id        text NOT NULL,
    by_name      text NOT NULL,
    by_object_id text NOT NULL,
    kind         text NOT NULL,
    subject      text NOT NULL,
    old_value    text NOT NULL,
    new_value    text NOT NULL,
    note         text NOT NULL,
    key          text NOT NULL,
    CONSTRAINT history_pkey PRIMARY KEY (id AUTOINCREMENT),
    CONSTRAINT history_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);
CREATE INDEX history_lines ON history (tenant, number, id);
CREATE UNIQUE INDEX history_key ON history (tenant, key) WHERE key <> '';

CREATE TABLE addresses (
    tenant           text NOT NULL,
    conversation     text NOT NULL,
    thread           text NOT NULL,
    kind             text NOT NULL,
    service_url      text NOT NULL,
    bot_id           text NOT NULL,
    bot_name         text NOT NULL,
    person_id        text NOT NULL,
    person_name      text NOT NULL,
    person_object_id text NOT NULL,
    team             text NOT NULL,
    channel          text NOT NULL,
    locale           text NOT NULL,
    zone             text NOT NULL,
    refused          text NOT NULL,
    learnt_at        timestamp NOT NULL,
    CONSTRAINT addresses_pkey PRIMARY KEY (tenant, conversation, thread)
);
CREATE INDEX addresses_person ON addresses (tenant, person_id, learnt_at) WHERE kind = 'personal';
CREATE INDEX addresses_object ON addresses (tenant, person_object_id, learnt_at) WHERE kind = 'personal';

CREATE TABLE welcomes (
    tenant       text NOT NULL,
    conversation text NOT NULL,
    thread       text NOT NULL,
    at           timestamp NOT NULL,
    CONSTRAINT welcomes_pkey PRIMARY KEY (tenant, conversation, thread)
);

CREATE TABLE posts (
    id           integer NOT NULL,
    tenant       text NOT NULL,
    number       integer NOT NULL,
    conversation text NOT NULL,
    thread       text NOT NULL,
    activity     text NOT NULL,
    shown        integer NOT NULL,
    held_until   timestamp,
    CONSTRAINT posts_pkey PRIMARY KEY (id AUTOINCREMENT),
    CONSTRAINT posts_ticket FOREIGN KEY (tenant, number) REFERENCES tickets (tenant, number)
);
CREATE INDEX posts_cards ON posts (tenant, number);
CREATE UNIQUE INDEX posts_activity ON posts (tenant, conversation, activity) WHERE activity <> '';
