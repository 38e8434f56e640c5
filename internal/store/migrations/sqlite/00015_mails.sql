-- Under which mail addresses people are known: what their organisation says, and what they say themselves.

-- +goose Up
ALTER TABLE people ADD COLUMN mail text NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN sign_in text NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN own_mail text NOT NULL DEFAULT '';
-- From when on the organisation is asked again; NULL for at once.
ALTER TABLE people ADD COLUMN mail_due timestamp;
CREATE INDEX people_mail ON people (tenant, mail) WHERE mail <> '';
CREATE INDEX people_sign_in ON people (tenant, sign_in) WHERE sign_in <> '';
CREATE INDEX people_own_mail ON people (tenant, own_mail) WHERE own_mail <> '';
