-- Check values by which a start tells that the keys in the key directory are the ones this database was filled with.
create table platform.key_check (
  name text primary key,
  check_value bytea not null,
  created_at timestamptz not null
);
