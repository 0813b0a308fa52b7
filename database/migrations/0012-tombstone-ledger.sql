-- Whose tombstone it is: what the ledger outside the database loses is written again from here.
alter table subjects.tombstone add column subject_id uuid;

update subjects.tombstone t set subject_id = r.subject_id from requests.request r where r.id = t.request_id;

update subjects.tombstone set subject_id = '00000000-0000-0000-0000-000000000000' where subject_id is null;

alter table subjects.tombstone alter column subject_id set not null;

-- How far the ledger had come when the last tombstones were laid. One row, locked by whoever writes to the ledger.
create table subjects.ledger (
  id smallint not null,
  records bigint not null,
  file integer not null,
  bytes bigint not null,
  constraint ledger_pkey primary key (id),
  constraint ledger_is_one check (id = 1)
);
