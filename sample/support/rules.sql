create index requester_email on requester (email);
create index ticket_requester on ticket (requester_id);
create index message_ticket on message (ticket_id);
create index attachment_ticket on attachment (ticket_id);
