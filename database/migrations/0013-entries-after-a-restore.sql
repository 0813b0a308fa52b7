-- What a sweep asks the log for: whose key must be gone, and whose tombstones must be there.
create index entry_of_the_erased on evidence.entry (kind, id) where kind in ('subjects.erased', 'subjects.key-destroyed');
