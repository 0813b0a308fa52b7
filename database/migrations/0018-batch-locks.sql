-- How long a batch's transactions kept others from rows of a system: measured, for the bound is a promise to whoever works there.
create table requests.batch_lock (
  batch_id uuid not null,
  system text not null,
  transactions integer not null,
  longest_ms integer not null,
  -- Transactions that took longer than rows may be locked for.
  too_long integer not null,
  constraint batch_lock_pkey primary key (batch_id, system)
);

alter table requests.batch_lock
  add constraint batch_lock_batch foreign key (batch_id) references requests.batch (id);
