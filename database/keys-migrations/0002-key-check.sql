create schema if not exists platform;

-- The check values of the main database, here too: another installation's database of keys is told by them.
create table platform.key_check (
  name text primary key,
  check_value bytea not null,
  created_at timestamptz not null
);
