-- Erasures that are complete and whose certificate is still to be written: a worker may die between the two. Those of a batch
-- are found by their batch.
create table requests.certificate_owed (
  subject_id uuid not null,
  request_id uuid not null,
  constraint certificate_owed_pkey primary key (subject_id, request_id)
);

alter table requests.certificate_owed
  add constraint certificate_owed_request foreign key (subject_id, request_id) references requests.request (subject_id, id);
