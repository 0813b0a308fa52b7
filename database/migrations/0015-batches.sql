-- Erasures of many people that are planned, approved and carried out together. Each of them is a request of its own.
create table requests.batch (
  id uuid not null,
  state text not null,
  identity_proof text not null,
  received_by text not null,
  received_at timestamptz not null,
  -- What was approved, or is to be: a batch planned anew has another one.
  plan_id uuid,
  map_number integer,
  map_sha256 text,
  -- Counts and names of fields, over all people.
  summary jsonb,
  planned_at timestamptz,
  approved_by text,
  approved_at timestamptz,
  finished_at timestamptz,
  -- Who works on it, as for a step.
  epoch integer not null,
  leased_until timestamptz,
  constraint batch_pkey primary key (id),
  constraint batch_state check (state in ('receiving', 'received', 'planning', 'planned', 'approved', 'finished'))
);

create index batch_unfinished on requests.batch (state) where state <> 'finished';

-- A request that belongs to a batch. `line` is where the person stood in what was handed in.
create table requests.batch_member (
  subject_id uuid not null,
  request_id uuid not null,
  batch_id uuid not null,
  line integer not null,
  -- The first line that names the same person, where two do by different identifiers: they are erased in one go.
  beside integer,
  -- The batch's plan of which the person's own is a part.
  plan_id uuid,
  -- Why the person could not be planned for, as a Problem's code and params.
  problem jsonb,
  constraint batch_member_pkey primary key (subject_id, request_id)
);

alter table requests.batch_member
  add constraint batch_member_request foreign key (subject_id, request_id) references requests.request (subject_id, id);

create index batch_member_batch on requests.batch_member (batch_id, line, request_id);

-- Certificates of people erased in a batch: written to files when somebody asks for them. No personal data.
create table requests.certificate (
  subject_id uuid not null,
  request_id uuid not null,
  document bytea not null,
  issued_at timestamptz not null,
  constraint certificate_pkey primary key (subject_id, request_id)
);

alter table requests.certificate
  add constraint certificate_request foreign key (subject_id, request_id) references requests.request (subject_id, id)
