-- Who of a batch are one person is looked up for every portion of it that is carried out.
create index batch_member_beside on requests.batch_member (batch_id, beside) where beside is not null;
