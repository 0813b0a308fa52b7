-- A look through the systems for people erased before. `report` holds counts and names of fields, never a value.
create table requests.sweep (
  id uuid not null,
  scope text[] not null,
  erase boolean not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  report jsonb,
  constraint sweep_pkey primary key (id)
);

-- A collection in which nobody was found: until it changes it need not be read again.
create table requests.sweep_mark (
  system text not null,
  collection text not null,
  sweep_id uuid not null,
  -- What was compared, hashed: another map reads again.
  read_as text not null,
  rows bigint not null,
  mark jsonb,
  at timestamptz not null,
  constraint sweep_mark_pkey primary key (system, collection)
);
