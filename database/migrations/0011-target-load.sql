-- How much of the time reading may keep a system at work, in percent.
alter table inventory.system add column load smallint not null default 80
  constraint system_load_is_a_share check (load between 1 and 100);
