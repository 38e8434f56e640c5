-- Tickets that follow another one, and what they add to it.

-- +goose Up
-- The number of the ticket that it follows; null for most.
ALTER TABLE tickets ADD COLUMN leader bigint;
-- What those that follow it add up to; null where none does.
ALTER TABLE tickets ADD COLUMN linked jsonb;
CREATE INDEX tickets_leader ON tickets (tenant, leader) WHERE leader IS NOT NULL;
