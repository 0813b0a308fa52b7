create schema subjects;

-- A subject's key, wrapped by an epoch key that PostgreSQL never sees; the commitment tells the key itself apart.
create table subjects.subject_key (
  subject_id uuid not null,
  wrapped bytea not null,
  epoch integer not null,
  commitment bytea not null,
  created_at timestamptz not null,
  constraint subject_key_pkey primary key (subject_id),
  constraint subject_key_commitment_length check (octet_length(commitment) = 16)
);
