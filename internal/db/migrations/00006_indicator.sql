-- +goose Up
-- Room indicator: figures people watch, moved in the same transaction as the facts.
-- measure: issued, cancelled, settled (bills paid in full) or a method (qr, website,
-- mobile_money, card, cash: payments). fee_kind_id 0 is the total over all fee kinds:
-- a payment counts once there, and once in each fee kind it pays.
create table rollup (
    facility_id bigint not null,
    month text not null,
    fee_kind_id bigint not null,
    measure text not null,
    n bigint not null,
    amount bigint not null,
    primary key (facility_id, month, fee_kind_id, measure)
); -- clustered
create index rollup_month on rollup (month);
