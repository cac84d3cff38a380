-- +goose Up
-- Room bill: what is owed.
create table billing_round (
    id bigint primary key,
    facility_id bigint not null references facility (id),
    name text not null,
    period text not null,
    due_on text not null,
    expires_on text,
    state text not null check (state in ('draft','published','closed')),
    part_payment text not null check (part_payment in ('none','free','instalments')),
    account_id bigint references receiving_account (id),
    previous_id bigint references billing_round (id),
    created_at bigint not null,
    created_by bigint,
    published_at bigint
);
create index billing_round_facility on billing_round (facility_id, created_at);

-- One import of a workbook into a round: its bytes, how its columns were read, what came of it.
create table round_import (
    id bigint primary key,
    round_id bigint not null references billing_round (id),
    name text not null,
    sha256 text not null,
    size bigint not null,
    mapping text not null,
    rows_read bigint not null,
    rows_ok bigint not null,
    rows_bad bigint not null,
    at bigint not null,
    by_user bigint,
    body bytea not null
);
create index round_import_round on round_import (round_id);

-- A row of the workbook that needs a human: where, what, why, what to do.
create table round_issue (
    round_id bigint not null references billing_round (id),
    n bigint not null,
    import_id bigint not null,
    sheet text not null,
    row_no bigint not null,
    cell text not null,
    field text not null,
    value text not null,
    reason text not null,
    remedy text not null,
    row_json text not null,
    primary key (round_id, n)
);

create table bill (
    id bigint primary key,
    facility_id bigint not null references facility (id),
    round_id bigint,
    external_id text,
    row_key text,
    code text not null unique,
    token text not null unique,
    payer_name text not null,
    payer_phone text not null default '',
    beneficiary_name text not null default '',
    beneficiary_code text not null default '',
    class_name text not null default '',
    birth_year bigint not null default 0,
    reason text not null,
    period text not null,
    total bigint not null check (total >= 0),
    paid bigint not null default 0 check (paid >= 0 and paid <= total),
    sole_fee_kind bigint not null default 0,
    state text not null check (state in ('draft','published','cancelled')),
    part_payment text not null default 'none' check (part_payment in ('none','free','instalments')),
    account_id bigint,
    due_on text not null,
    expires_on text,
    created_at bigint not null,
    published_at bigint,
    cancelled_at bigint,
    cancel_reason text not null default '',
    replaces_id bigint,
    replaced_by_id bigint,
    paid_at bigint,
    -- The credits that ever paid on it, blank-separated: the way from a bill to its payments.
    credit_ids text not null default '',
    search text not null,
    sort_key text not null,
    unique (facility_id, external_id),
    unique (round_id, row_key)
);
-- postgres: alter table bill set (fillfactor = 80);
create index bill_facility on bill (facility_id, state, id);
create index bill_round on bill (round_id, class_name, sort_key);
create index bill_beneficiary on bill (facility_id, beneficiary_code);

create table bill_line (
    bill_id bigint not null,
    n bigint not null,
    fee_kind_id bigint not null,
    name text not null,
    quantity bigint not null default 1,
    unit_price bigint not null,
    amount bigint not null,
    note text not null default '',
    primary key (bill_id, n)
); -- clustered

create table bill_instalment (
    bill_id bigint not null,
    n bigint not null,
    amount bigint not null check (amount > 0),
    due_on text not null,
    primary key (bill_id, n)
); -- clustered

-- Collection accounts a bank gave to one bill or one person (reference section 4.5).
create table virtual_account (
    number text primary key,
    account_id bigint not null references receiving_account (id),
    facility_id bigint not null,
    bill_id bigint,
    beneficiary_code text not null default ''
);
