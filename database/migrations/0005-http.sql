-- Answers given to calls with an Idempotency-Key. Key and call are keyed hashes, the answer is sealed: a body may name a
-- person. While `status` is null the call is under way, until its lease runs out.
create table platform.idempotency (
  caller text not null,
  key_hash bytea not null,
  call_hash bytea not null,
  attempt uuid not null,
  leased_until timestamptz not null,
  expires_at timestamptz not null,
  status integer,
  sealed_answer bytea,
  constraint idempotency_pkey primary key (caller, key_hash),
  constraint idempotency_status_with_answer check ((status is null) = (sealed_answer is null))
);

create index idempotency_expiry on platform.idempotency (expires_at);
