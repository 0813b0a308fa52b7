create schema subjects;

create table subjects.subject (
  subject_id uuid not null,
  created_at timestamptz not null,
  erased_at timestamptz,
  key_destroyed_at timestamptz,
  constraint subject_pkey primary key (subject_id),
  constraint subject_erased_before_its_key check (key_destroyed_at is null or erased_at is not null)
);

create table subjects.identifier (
  subject_id uuid not null,
  id uuid not null,
  kind text not null,
  shared boolean not null,
  sealed bytea not null,
  norm_version integer not null,
  created_at timestamptz not null,
  constraint identifier_pkey primary key (subject_id, id)
);

alter table subjects.identifier
  add constraint identifier_subject foreign key (subject_id) references subjects.subject (subject_id);

-- Keyed by the blind index alone: no foreign key to a table kept elsewhere.
create table subjects.lookup (
  bidx bytea not null,
  kind text not null,
  subject_id uuid not null,
  shared boolean not null,
  constraint lookup_pkey primary key (bidx, kind, subject_id)
);

-- An identifier that is not shared leads to one subject: of two who claim it at once, one waits and loses.
create unique index lookup_leads_to_one on subjects.lookup (bidx, kind) where not shared;

create index lookup_subject on subjects.lookup (subject_id);

create table subjects.tombstone (
  tombstone bytea not null,
  kind text not null,
  request_id uuid not null,
  erased_at timestamptz not null,
  constraint tombstone_pkey primary key (tombstone, kind, request_id)
);
