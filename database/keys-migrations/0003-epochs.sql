-- Epoch keys as they are used: where each is kept, and how far its life has come. `told` is the last
-- state in the evidence log; `returned` says that it was destroyed once, and a restored backup brought it back.
create table subjects.epoch (
  epoch integer not null,
  provider text not null,
  version integer not null,
  state text not null,
  wraps bigint not null default 0,
  created_at timestamptz not null,
  rewrapped_at timestamptz,
  keys_moved bigint not null default 0,
  retired_at timestamptz,
  destroyed_at timestamptz,
  told text,
  returned boolean not null default false,
  constraint epoch_pkey primary key (epoch),
  constraint epoch_version_key unique (provider, version),
  constraint epoch_state_known
    check (state in ('current', 'rewrapping', 'rewrapped', 'retired', 'destroying', 'destroyed'))
);
-- New keys are wrapped by one epoch.
create unique index epoch_current_key on subjects.epoch (state) where state = 'current';

insert into subjects.epoch (epoch, provider, version, state, created_at)
select k.epoch, 'file', k.epoch,
  case when k.epoch = (select max(o.epoch) from subjects.subject_key o) then 'current' else 'rewrapping' end,
  min(k.created_at)
from subjects.subject_key k
group by k.epoch;

-- Where live keys go when they are wrapped anew. It takes the other's place, which is dropped: so nothing of a deleted key
-- outlives in a heap.
create table subjects.subject_key_next (like subjects.subject_key including constraints including indexes);
