-- +goose Up
-- A facility that by its own word collects nothing from anyone is "not applicable" in the
-- targets, not 0 % (requirements T2–T4).
alter table facility add column collects boolean not null default true;

-- Which agency took over another's duties, as in the mergers of departments in 2025.
create table agency_succession (
    predecessor_id bigint not null references agency (id),
    successor_id bigint not null references agency (id),
    on_date text not null,
    note text not null default '',
    primary key (predecessor_id, successor_id)
);

-- A facility that was merged into others: whom its payers and its records go to.
create table facility_succession (
    predecessor_id bigint not null references facility (id),
    successor_id bigint not null references facility (id),
    on_date text not null,
    note text not null default '',
    primary key (predecessor_id, successor_id)
);

create index receiving_account_va on receiving_account (va_prefix) where va_prefix <> '';
create index facility_sort on facility (sort_key, id);
create index facility_agency on facility (agency_id);
create index facility_place_area on facility_place (area_id);
