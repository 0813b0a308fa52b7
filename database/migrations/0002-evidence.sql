create schema evidence;

-- An act commits together with its entry. The nil UUID stands for entries about no person in particular.
create table evidence.entry (
  subject_id uuid not null,
  id uuid not null,
  request_id uuid,
  kind text not null,
  actor_kind text not null,
  actor_id text not null,
  at timestamptz not null,
  facts jsonb not null,
  commitment bytea not null,
  nonce bytea,
  sealed_detail bytea,
  sequenced_at timestamptz,
  relayed_at timestamptz,
  constraint entry_pkey primary key (subject_id, id),
  constraint entry_commitment_length check (octet_length(commitment) = 32)
);

create index entry_request on evidence.entry (request_id, id) where request_id is not null;

create index entry_unsequenced on evidence.entry (id) where sequenced_at is null;

create index entry_unrelayed on evidence.entry (id) where relayed_at is null;

-- The log itself: one row, locked by whoever appends or publishes.
create table evidence.log (
  id smallint not null,
  origin text not null,
  size bigint not null,
  root bytea not null,
  unswept_since timestamptz,
  constraint log_pkey primary key (id),
  constraint log_is_one check (id = 1)
);

create table evidence.leaf (
  leaf_index bigint not null,
  subject_id uuid not null,
  entry_id uuid not null,
  leaf_hash bytea not null,
  constraint leaf_pkey primary key (leaf_index),
  constraint leaf_entry_unique unique (entry_id)
);

-- Hashes of full tiles, level 1 and above (C2SP tlog-tiles): node i of level l spans 256^l leaves.
create table evidence.node (
  level smallint not null,
  node_index bigint not null,
  hash bytea not null,
  constraint node_pkey primary key (level, node_index)
);

-- Every checkpoint that left the database.
create table evidence.checkpoint (
  size bigint not null,
  note text not null,
  at timestamptz not null,
  constraint checkpoint_pkey primary key (size)
);
