/** The desk's tables, in an order that respects the references. */
export const supportColumns = {
  agent: ['id', 'name', 'email', 'role'],
  tag: ['id', 'name'],
  macro: ['id', 'title', 'body'],
  requester: ['id', 'name', 'email', 'phone', 'customer_no', 'organisation', 'locale', 'notes', 'created_at'],
  ticket: [
    'id',
    'requester_id',
    'assignee_id',
    'subject',
    'body',
    'status',
    'channel',
    'created_at',
    'solved_at',
  ],
  message: ['id', 'ticket_id', 'author', 'author_name', 'body', 'sent_at'],
  attachment: ['id', 'ticket_id', 'file_name', 'media_type', 'bytes', 'sha256'],
  ticket_tag: ['ticket_id', 'tag_id'],
} as const

export type SupportLayout = typeof supportColumns
