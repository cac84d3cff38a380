-- +goose Up
-- Rooms access, audit, event.
create table user_account (
    id bigint primary key,
    login text not null unique,
    name text not null,
    password_hash text not null,
    role text not null,
    facility_id bigint references facility (id),
    agency_id bigint references agency (id),
    area_id bigint references area (id),
    sector text not null default '',
    active boolean not null default true,
    created_at bigint not null
);

create table session (
    token text primary key,
    data bytea not null,
    expiry bigint not null
);
create index session_expiry on session (expiry);

create table api_key (
    id bigint primary key,
    facility_id bigint references facility (id),
    name text not null,
    hash text not null unique,
    scopes text not null,
    active boolean not null default true,
    created_at bigint not null
);

-- Idempotency-Key of the API: same key and body get the stored answer again.
create table idempotency (
    caller text not null,
    route text not null,
    key text not null,
    body_sha256 text not null,
    status bigint not null,
    content_type text not null default '',
    response bytea,
    at bigint not null,
    primary key (caller, route, key)
);
create index idempotency_at on idempotency (at);

-- What happened, in one hash chain: hash = SHA-256(prev_hash, the row). Append-only.
create table audit (
    seq bigint primary key,
    at bigint not null,
    actor text not null,
    action text not null,
    subject text not null,
    facility_id bigint,
    detail text not null,
    prev_hash text not null,
    hash text not null
);
create index audit_subject on audit (subject);

-- The outbox and the pull feed in one: a row is written with the fact it announces.
-- seq rises in commit order, so a reader that has seen n never misses a smaller number.
create table event (
    seq bigint primary key,
    facility_id bigint not null,
    kind text not null,
    subject bigint not null,
    at bigint not null,
    data text not null
);

-- Running numbers: event, audit and bill numbers. One row each, touched once per transaction.
create table counter (
    name text primary key,
    value bigint not null
);
insert into counter (name, value) values ('event', 0), ('bill', 0);
