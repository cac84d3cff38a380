-- +goose Up
-- Room ledger: where the money is. Append-only; a correction is a posting the other way.
create table ledger_account (
    id bigint primary key,
    facility_id bigint not null,
    kind text not null,
    ref bigint not null default 0,
    unique (facility_id, kind, ref)
);

-- One row moves one amount from the credited to the debited account, so every row balances
-- by itself. Rows of one event share entry_id. No foreign keys: this is the hot table, and
-- `sen verify` proves its references.
create table posting (
    entry_id bigint not null,
    n bigint not null,
    facility_id bigint not null,
    kind text not null,
    debit bigint not null,
    credit bigint not null,
    amount bigint not null check (amount > 0),
    bill_id bigint not null default 0,
    credit_id bigint not null default 0,
    booked_on text not null,
    at bigint not null,
    reverses bigint not null default 0,
    by_user bigint not null default 0,
    primary key (entry_id, n)
); -- clustered
-- What a bill was issued and cancelled with; its payments are found through their credits. An
-- index over all postings by bill would touch a random page for each credit.
create index posting_bill on posting (bill_id) where bill_id <> 0 and credit_id = 0;
create index posting_credit on posting (credit_id) where credit_id <> 0;

-- Sums of all postings per account and accounting day: each row is touched once per
-- transaction, nothing points at it. An account's balance is the sum over its days. The day
-- comes first in the key, so that the rows of today, which are the hot ones, lie together.
create table ledger_balance (
    account_id bigint not null,
    booked_on text not null,
    debit bigint not null default 0,
    credit bigint not null default 0,
    primary key (booked_on, account_id)
); -- clustered
create index ledger_balance_account on ledger_balance (account_id);
