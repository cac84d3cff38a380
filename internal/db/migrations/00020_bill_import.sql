-- +goose Up
-- Room bill: what lists, imports and re-imports must know.
-- class_key sorts classes as people do (2A before 10A); content is the fingerprint of all
-- that the payer is told; row_hash is the fingerprint of the workbook's row the bill was
-- last read from, with a star in front when a person has changed the bill since.
alter table bill add column class_key text not null default '';
alter table bill add column content text not null default '';
alter table bill add column row_hash text not null default '';
alter table bill add column import_id bigint not null default 0;
drop index bill_round;
create index bill_roll on bill (round_id, class_key, sort_key, id);

-- How the round's bills are divided into instalments: a JSON list of shares and dates.
alter table billing_round add column plan text not null default '';

-- An import that died goes on where it stopped: rows_read says how far it came.
alter table round_import add column finished_at bigint;
alter table round_import add column choices text not null default '';

-- A row that was fixed or skipped by a person stays, so that the same file does not ask again.
alter table round_issue add column code text not null default '';
alter table round_issue add column suggestion text not null default '';
alter table round_issue add column class_name text not null default '';
alter table round_issue add column row_hash text not null default '';
alter table round_issue add column state text not null default 'open' check (state in ('open','fixed','skipped'));
create index round_issue_hash on round_issue (round_id, row_hash);
