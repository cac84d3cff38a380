-- +goose Up
-- Raised when a password changes or an account is shut: sessions begun before it end.
alter table user_account add column epoch bigint not null default 0;
create index user_account_facility on user_account (facility_id);

-- live or test; the last characters by which people tell their keys apart; when it ends.
alter table api_key add column mode text not null default 'live' check (mode in ('live','test'));
alter table api_key add column hint text not null default '';
alter table api_key add column expires_at bigint;
create index api_key_facility on api_key (facility_id);

-- Facts about this installation as a whole, such as which master key its data belong to.
create table installation (
    name text primary key,
    value text not null
);
