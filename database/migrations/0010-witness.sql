-- What a witness signed of a checkpoint, as the line that goes into its note.
create table evidence.cosignature (
  witness text not null,
  size bigint not null,
  line text not null,
  at timestamptz not null,
  constraint cosignature_pkey primary key (witness, size)
);

-- How far each witness has come, and what kept it from coming further.
create table evidence.witness (
  name text not null,
  size bigint not null,
  seen_at timestamptz,
  tried_at timestamptz not null,
  problem text,
  constraint witness_pkey primary key (name)
);
