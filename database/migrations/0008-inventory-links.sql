-- Links that no foreign key declares, and fields that name the same people; never a value, nor a hash of one.
alter table inventory.scan add column links json not null default '{"within":[],"matches":[]}';
