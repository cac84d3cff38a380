-- +goose Up
-- Room collect: credits in, allocations, receipts, statements.
-- The unique key begins with the reference, not the stream: there are a handful of streams, and a
-- plan that looks up by stream first would read all of it.
create table credit (
    id bigint primary key,
    stream text not null,
    partner_ref text not null,
    facility_id bigint not null,
    account_id bigint not null,
    method text not null,
    amount bigint not null check (amount > 0),
    booked_on text not null,
    occurred_at bigint not null,
    received_at bigint not null,
    memo text not null,
    payer_name text not null default '',
    payer_account text not null default '',
    payer_bank text not null default '',
    bank_ref text not null default '',
    virtual_account text not null default '',
    order_id text not null default '',
    rf text not null default '',
    bank_key bigint not null,
    text_key bigint not null,
    status text not null check (status in ('matched','suspense','assigned','returned','reversed')),
    reason text not null default '',
    allocated bigint not null default 0 check (allocated >= 0),
    surplus bigint not null default 0 check (surplus >= 0),
    suspense bigint not null default 0 check (suspense >= 0),
    returned bigint not null default 0 check (returned >= 0),
    reversed bigint not null default 0 check (reversed >= 0),
    file_id bigint,
    raw bytea,
    raw_sha256 text not null default '',
    check (allocated + surplus + suspense + returned + reversed = amount),
    unique (partner_ref, stream)
);
create index credit_facility on credit (facility_id, booked_on, id);
-- What a webhook's credit is compared with: those a statement showed first, which are few. An
-- index over all credits by these hashes would touch two random pages for each. A statement's
-- lines are compared with everything of their days through credit_facility.
create index credit_file_bank on credit (bank_key) where file_id is not null and bank_key <> 0;
create index credit_file_text on credit (text_key) where file_id is not null;
create index credit_suspense on credit (facility_id, id) where suspense > 0;

-- The same credit seen again in another stream or file: evidence, never a second posting.
create table sighting (
    stream text not null,
    partner_ref text not null,
    credit_id bigint not null,
    file_id bigint,
    at bigint not null,
    primary key (partner_ref, stream)
); -- clustered
create index sighting_credit on sighting (credit_id);

-- Which webhook streams show the credits of an account. More than one is an exception that
-- the duplicate check has to know of.
create table account_stream (
    account_id bigint not null,
    stream text not null,
    since bigint not null,
    primary key (account_id, stream)
); -- clustered

-- Which part of a credit pays which bill, or became payer's credit. Undone rows stay.
create table allocation (
    id bigint primary key,
    facility_id bigint not null,
    credit_id bigint not null,
    kind text not null check (kind in ('bill','surplus','return')),
    bill_id bigint not null default 0,
    amount bigint not null check (amount > 0),
    rule text not null,
    evidence text not null default '',
    at bigint not null,
    by_user bigint not null default 0,
    note text not null default '',
    undone_at bigint,
    undone_by bigint
);
create index allocation_credit on allocation (credit_id);
-- Allocations of a bill are found through bill.credit_ids: an index by bill would touch a
-- random page for each credit, and the bill's own row is written anyway.

create table receipt_series (
    facility_id bigint not null,
    year bigint not null,
    last bigint not null,
    primary key (facility_id, year)
); -- clustered

create table receipt (
    id bigint primary key,
    facility_id bigint not null,
    year bigint not null,
    number bigint not null,
    allocation_id bigint not null,
    credit_id bigint not null,
    bill_id bigint not null,
    amount bigint not null check (amount > 0),
    method text not null,
    issued_at bigint not null,
    state text not null default 'valid' check (state in ('valid','reversed')),
    reversed_at bigint,
    copies bigint not null default 0,
    unique (facility_id, year, number)
);
-- Receipts of a bill are found through its allocations' credits (see posting_bill).
create index receipt_credit on receipt (credit_id);

-- A file that came in, whole, once.
create table imported_file (
    id bigint primary key,
    facility_id bigint,
    kind text not null,
    name text not null,
    format text not null,
    sha256 text not null,
    size bigint not null,
    at bigint not null,
    by_user bigint,
    body bytea not null,
    unique (kind, sha256)
);

create table statement (
    id bigint primary key,
    file_id bigint not null references imported_file (id),
    account_id bigint,
    account_number text not null,
    statement_ref text not null,
    currency text not null,
    from_on text,
    to_on text,
    opening bigint,
    closing bigint,
    credits bigint not null,
    credit_sum bigint not null,
    debits bigint not null,
    debit_sum bigint not null,
    difference bigint,
    closes_day boolean not null,
    problems text not null
);
create index statement_account on statement (account_id, to_on);

-- Money out, from statements: kept so that the bank's balance and the book's can be compared.
create table bank_debit (
    id bigint primary key,
    stream text not null,
    partner_ref text not null,
    facility_id bigint not null,
    account_id bigint not null,
    amount bigint not null check (amount > 0),
    booked_on text not null,
    memo text not null,
    bank_ref text not null,
    reverses_credit bigint,
    file_id bigint,
    unique (partner_ref, stream)
);
create index bank_debit_account on bank_debit (account_id, booked_on);

-- How a partner reaches us: one secret path per facility and stream.
create table hook (
    id bigint primary key,
    path text not null unique,
    stream text not null,
    facility_id bigint not null references facility (id),
    mode text not null,
    secret_sealed text not null,
    active boolean not null default true,
    created_at bigint not null
);

-- Inbound messages that made no credit: refused, of no interest, or not understood.
create table inbound (
    id bigint primary key,
    stream text not null,
    hook_id bigint,
    at bigint not null,
    outcome text not null,
    detail text not null,
    sha256 text not null,
    body bytea not null
);
create index inbound_at on inbound (at);
