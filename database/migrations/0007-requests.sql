create schema requests;

create table requests.request (
  subject_id uuid not null,
  id uuid not null,
  kind text not null,
  state text not null,
  received_at timestamptz not null,
  due_on date not null,
  extended_due_on date not null,
  calendar text not null,
  identity_proof text not null,
  asked bytea not null,
  approved_at timestamptz,
  approved_by text,
  completed_at timestamptz,
  -- When the person's key was asked to be destroyed: nothing sealed for this request opens any more.
  forgotten_at timestamptz,
  created_at timestamptz not null,
  constraint request_pkey primary key (subject_id, id),
  constraint request_kind check (kind in ('access', 'erasure')),
  constraint request_state check (state in ('received', 'planned', 'approved', 'completed', 'incomplete'))
);

create index request_id on requests.request (id);

create index request_open on requests.request (state) where state in ('approved', 'incomplete');

-- What was shown and approved: counts and names of fields. `seeds` (who it is about) is sealed under the subject's key.
create table requests.plan (
  subject_id uuid not null,
  id uuid not null,
  request_id uuid not null,
  -- Counts the plans of a request: the newest is the one that may be approved.
  number integer not null,
  map_number integer not null,
  map_sha256 text not null,
  summary jsonb not null,
  seeds bytea not null,
  created_at timestamptz not null,
  approved_at timestamptz,
  constraint plan_pkey primary key (subject_id, id)
);

alter table requests.plan
  add constraint plan_request foreign key (subject_id, request_id) references requests.request (subject_id, id);

create index plan_id on requests.plan (id);

-- A plan's work in one system. `epoch` fences: who holds an older one has lost the step to another worker.
create table requests.step (
  subject_id uuid not null,
  request_id uuid not null,
  system text not null,
  plan_id uuid not null,
  purpose text not null,
  state text not null,
  epoch integer not null,
  leased_until timestamptz,
  next_attempt_at timestamptz not null,
  fingerprint text,
  found jsonb,
  done jsonb,
  not_obeyed text[] not null,
  problem jsonb,
  constraint step_pkey primary key (subject_id, request_id, system),
  constraint step_purpose check (purpose in ('erase', 'review')),
  constraint step_state check (state in ('waiting', 'running', 'done', 'failed'))
);

alter table requests.step
  add constraint step_request foreign key (subject_id, request_id) references requests.request (subject_id, id);

create index step_open on requests.step (next_attempt_at) where state <> 'done';

-- Rows that stay, with their ground and its end. `places` (keys and digests of the rows) is sealed.
create table requests.kept (
  subject_id uuid not null,
  id uuid not null,
  request_id uuid not null,
  system text not null,
  collection text not null,
  rule text not null,
  ground text not null,
  article text not null,
  until date,
  fields text[] not null,
  rows integer not null,
  map_number integer not null,
  reviewed_on date not null,
  places bytea not null,
  constraint kept_pkey primary key (subject_id, id)
);

alter table requests.kept
  add constraint kept_request foreign key (subject_id, request_id) references requests.request (subject_id, id);

create index kept_until on requests.kept (until);

create table requests.verification (
  subject_id uuid not null,
  id uuid not null,
  request_id uuid not null,
  stage text not null,
  due_at timestamptz not null,
  done_at timestamptz,
  report jsonb,
  constraint verification_pkey primary key (subject_id, id)
);

alter table requests.verification
  add constraint verification_request foreign key (subject_id, request_id) references requests.request (subject_id, id);

create index verification_due on requests.verification (due_at) where done_at is null
