create schema access;

-- The token itself is shown once and kept nowhere: its SHA-256 is enough to know it again.
create table access.api_key (
  id text not null,
  name text not null,
  token_hash bytea not null,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  constraint api_key_pkey primary key (id),
  constraint api_key_hash_length check (octet_length(token_hash) = 32)
);
