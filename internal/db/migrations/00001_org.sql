-- +goose Up
-- Room org: who there is. Names of people here are staff contacts, published on purpose (P8).
create table area (
    id bigint primary key,
    code text not null unique,
    name text not null,
    search text not null,
    sort_key text not null,
    level text not null check (level in ('province','district','commune')),
    parent_id bigint references area (id),
    valid_from text not null,
    valid_to text
);
create index area_parent on area (parent_id);

-- What a unit became when the map changed: one row per predecessor and successor.
create table area_succession (
    predecessor_id bigint not null references area (id),
    successor_id bigint not null references area (id),
    on_date text not null,
    note text not null default '',
    primary key (predecessor_id, successor_id)
);

create table agency (
    id bigint primary key,
    code text not null unique,
    name text not null,
    search text not null,
    kind text not null check (kind in ('people_committee','science','education','health','state_bank','finance','district','commune','other')),
    area_id bigint not null references area (id),
    parent_id bigint references agency (id),
    valid_from text not null,
    valid_to text
);

create table facility (
    id bigint primary key,
    code text not null unique,
    name text not null,
    short_name text not null,
    search text not null,
    sort_key text not null,
    sector text not null check (sector in ('education','health')),
    level text not null,
    area_id bigint not null references area (id),
    agency_id bigint references agency (id),
    tax_code text not null default '',
    address text not null default '',
    phone text not null default '',
    hours text not null default '',
    status text not null check (status in ('active','paused','closed')),
    opened_on text not null,
    closed_on text,
    part_payment text not null default 'none' check (part_payment in ('none','free','instalments')),
    code_prefix text not null check (code_prefix in ('HP','VP','TP')),
    size bigint not null default 0
);
create index facility_area on facility (area_id);

-- Codes that other registers give a facility: Ministry of Education, Ministry of Health, budget unit …
create table facility_code (
    facility_id bigint not null references facility (id),
    scheme text not null,
    code text not null,
    primary key (facility_id, scheme),
    unique (scheme, code)
);

-- Where a facility stood on the map and who managed it, by date.
create table facility_place (
    facility_id bigint not null references facility (id),
    area_id bigint not null references area (id),
    agency_id bigint references agency (id),
    valid_from text not null,
    valid_to text,
    primary key (facility_id, valid_from)
);

create table contact (
    id bigint primary key,
    facility_id bigint not null references facility (id),
    name text not null,
    role text not null,
    phone text not null,
    email text not null default '',
    hours text not null default '',
    public boolean not null default true,
    position bigint not null default 0
);
create index contact_facility on contact (facility_id);

create table receiving_account (
    id bigint primary key,
    facility_id bigint not null references facility (id),
    bank_bin text not null,
    number text not null,
    holder text not null,
    is_default boolean not null default false,
    va_prefix text not null default '',
    va_length bigint not null default 0,
    status text not null check (status in ('active','closed')),
    valid_from text not null,
    valid_to text,
    unique (bank_bin, number)
);
create index receiving_account_facility on receiving_account (facility_id);
create index receiving_account_number on receiving_account (number);

create table fee_kind (
    id bigint primary key,
    code text not null unique,
    name text not null,
    search text not null,
    sector text not null check (sector in ('education','health','both')),
    ceiling bigint,
    legal_basis text not null default '',
    voluntary boolean not null default false,
    valid_from text not null,
    valid_to text
);

-- Which of the four methods a facility has set up (T8). Success is measured, not declared.
create table facility_method (
    facility_id bigint not null references facility (id),
    method text not null check (method in ('qr','website','mobile_money','card')),
    status text not null check (status in ('configured','off')),
    since text not null,
    note text not null default '',
    primary key (facility_id, method)
);
