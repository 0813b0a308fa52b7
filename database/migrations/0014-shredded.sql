-- When the epoch key was destroyed that had wrapped a destroyed key: from then on no copy of it opens, wherever it lies.
alter table subjects.subject add column shredded_at timestamptz;

-- Whose destroyed key may still open from an old copy.
create index subject_to_shred on subjects.subject (key_destroyed_at) where key_destroyed_at is not null and shredded_at is null;
