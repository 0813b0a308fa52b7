create schema inventory;

-- What it takes to connect is sealed under the connectors' key, bound to the system's id and to its use.
create table inventory.system (
  id uuid not null,
  name text not null,
  scheme text not null,
  shown_url text not null,
  sealed_secret bytea not null,
  erase_shown_url text,
  sealed_erase_secret bytea,
  controller text,
  added_at timestamptz not null,
  constraint system_pkey primary key (id),
  constraint system_name_unique unique (name),
  constraint system_erases_with_both_or_neither check ((erase_shown_url is null) = (sealed_erase_secret is null))
);

-- The shape of a system and what its fields seem to be; never a value. `json` and not `jsonb`: it keeps the order of
-- keys, and takes every name a target may have.
create table inventory.scan (
  id uuid not null,
  system_id uuid not null,
  at timestamptz not null,
  sample integer not null,
  fingerprint text not null,
  description json not null,
  proposals json not null,
  constraint scan_pkey primary key (id),
  constraint scan_system foreign key (system_id) references inventory.system (id)
);

create index scan_latest on inventory.scan (system_id, at desc, id desc);

-- A version is never changed; the highest number is the map in force.
create table inventory.map_version (
  number integer not null,
  sha256 text not null,
  map json not null,
  origin text not null,
  at timestamptz not null,
  actor_kind text not null,
  actor_id text not null,
  constraint map_version_pkey primary key (number),
  constraint map_version_origin check (origin in ('accepted', 'imported', 'system-removed'))
);
