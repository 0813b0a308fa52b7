-- The support desk keeps its own people under its own ids, and has never heard of the shop's.
create table agent (
  id integer primary key,
  name text not null,
  email text not null unique,
  role text not null
);

create table requester (
  id integer primary key,
  name text not null,
  email text collate nocase,
  phone text,
  customer_no text,
  organisation text,
  locale text not null,
  notes text,
  created_at text not null,
  check (email is not null or phone is not null)
);

create table ticket (
  id integer primary key,
  requester_id integer not null references requester (id),
  assignee_id integer references agent (id) on delete set null,
  subject text not null,
  body text not null,
  status text not null check (status in ('open', 'pending', 'solved')),
  channel text not null,
  created_at text not null,
  solved_at text
);

create table message (
  id integer primary key,
  ticket_id integer not null references ticket (id) on delete cascade,
  author text not null check (author in ('requester', 'agent')),
  author_name text,
  body text not null,
  sent_at text not null
);

create table attachment (
  id integer primary key,
  ticket_id integer not null references ticket (id) on delete cascade,
  file_name text not null,
  media_type text not null,
  bytes integer not null,
  sha256 text not null
);

create table tag (
  id integer primary key,
  name text not null unique
);

create table ticket_tag (
  ticket_id integer not null references ticket (id) on delete cascade,
  tag_id integer not null references tag (id),
  primary key (ticket_id, tag_id)
) without rowid;

create table macro (
  id integer primary key,
  title text not null,
  body text not null
);
