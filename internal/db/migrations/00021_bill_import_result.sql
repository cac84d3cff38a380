-- +goose Up
-- What a finished import did, as its page shows it again.
alter table round_import add column result text not null default '';
