-- The message in a chat that a ticket was opened from. That a message has one ticket
-- is kept by the key of the first line of the ticket's history, which is unique.

-- +goose Up
ALTER TABLE tickets ADD COLUMN origin jsonb;
