import type { CertificateInput } from './certificate.ts'

/** An erasure in four systems, one in each state; `withOnly` leaves out the worse ones. */
export const certificateInput: CertificateInput = {
  issuedAt: new Date('2026-11-21T14:05:00Z'),
  request: {
    id: '01933d2e-7c1b-7a31-9b1f-0c6d5e4f3a2b',
    subjectId: '01933d2e-0000-7aaa-8bbb-0c6d5e4f3a2b',
    kind: 'erasure',
    state: 'incomplete',
    receivedAt: new Date('2026-11-20T22:30:00Z'),
    dueOn: '2026-12-22',
    extendedDueOn: '2027-02-22',
    calendar: 'FR',
    identityProof: 'code-to-contact-on-file',
    asked: Buffer.from('sealed'),
    approvedAt: new Date('2026-11-21T13:00:00Z'),
    approvedBy: 'staff 0193',
    completedAt: null,
  },
  plan: { id: '01933d2e-7c1b-7a31-9b1f-111111111111', mapNumber: 4, mapSha256: 'ab'.repeat(32) },
  controllerNames: ['Example SARL'],
  timeZone: 'Europe/Paris',
  systems: [
    {
      name: 'newsletter',
      state: 'verified-absent',
      deleted: 0,
      changed: 0,
      collections: [],
      kept: [],
      residue: [],
      notObeyed: [],
      problem: null,
    },
    {
      name: 'shop',
      state: 'kept',
      deleted: 3,
      changed: 6,
      collections: [
        {
          name: 'public.customer',
          delete: 0,
          change: [
            { field: 'email', action: 'null', count: 1 },
            { field: 'phone', action: 'replace', count: 1 },
          ],
          keep: [],
        },
        { name: 'public.address', delete: 3, change: [], keep: [] },
        {
          name: 'public.ticket',
          delete: 0,
          change: [
            { field: 'body', action: 'redact', count: 1204 },
            { field: 'customer_id', action: 'unlink', count: 2 },
          ],
          keep: [],
        },
      ],
      kept: [
        {
          collection: 'public.invoice',
          count: 2,
          rule: 'invoices',
          ground: 'legal-obligation',
          article: 'GDPR 17(3)(b); C. com. L123-22',
          until: '2034-03-15',
          fields: ['billing_address', 'total'],
        },
        {
          collection: 'public.customer',
          count: 1,
          rule: 'unpaid',
          ground: 'legal-claims',
          article: 'GDPR 17(3)(e)',
          until: null,
          fields: ['last_name'],
        },
      ],
      residue: [],
      notObeyed: [],
      problem: null,
    },
    {
      name: 'accounting',
      state: 'unreachable',
      deleted: 0,
      changed: 0,
      collections: [],
      kept: [],
      residue: [],
      notObeyed: [],
      problem: {
        code: 'connectors.unreachable',
        params: { system: 'accounting', reason: 'db-7.internal refused' },
      },
    },
    {
      name: 'help desk',
      state: 'residue',
      deleted: 1,
      changed: 0,
      collections: [{ name: 'tickets', delete: 1, change: [], keep: [] }],
      kept: [],
      residue: [
        { collection: 'ticket_history', field: 'body', kinds: ['email', 'name'], rows: 2, doubtful: false },
      ],
      notObeyed: [],
      problem: null,
    },
  ],
  verification: {
    at: new Date('2026-11-21T14:00:00Z'),
    kinds: ['email', 'phone', 'email', 'name'],
    tooShort: 1,
    together: 2,
    systems: [
      {
        name: 'newsletter',
        state: 'verified-absent',
        report: {
          residue: [],
          keptTraces: 0,
          searched: { collections: 1, fields: 6, rows: 2000 },
          notSearched: [],
        },
        unreachable: null,
      },
      {
        name: 'shop',
        state: 'kept',
        report: {
          residue: [],
          keptTraces: 3,
          searched: { collections: 14, fields: 96, rows: 1_204_310 },
          notSearched: [
            { collection: 'public.customer_view', field: null, why: 'view' },
            { collection: 'public.document', field: 'scan', why: 'binary' },
          ],
        },
        unreachable: null,
      },
      {
        name: 'accounting',
        state: 'unreachable',
        report: null,
        unreachable: {
          name: 'accounting',
          code: 'connectors.unreachable',
          params: { reason: 'db-7.internal refused' },
        },
      },
      {
        name: 'help desk',
        state: 'residue',
        report: {
          residue: [
            {
              collection: 'ticket_history',
              field: 'body',
              kinds: ['email', 'name'],
              rows: 2,
              doubtful: false,
            },
          ],
          keptTraces: 0,
          searched: { collections: 5, fields: 31, rows: 40_112 },
          notSearched: [],
        },
        unreachable: null,
      },
    ],
  },
  next: [
    { stage: '+1h', dueAt: new Date('2026-11-21T15:00:00Z') },
    { stage: '+24h', dueAt: new Date('2026-11-22T14:00:00Z') },
    { stage: '+30d', dueAt: new Date('2026-12-21T14:00:00Z') },
  ],
  searchTerms: { until: new Date('2026-12-21T14:00:00Z'), destroyedAt: null },
  evidence: {
    entries: ['01933d2e-7c1b-7a31-9b1f-aaaaaaaaaaaa', '01933d2e-7c1b-7a31-9b1f-bbbbbbbbbbbb'],
    logSize: 88_412,
  },
}

/** The same erasure, had only these systems been part of it. */
export const withOnly = (...names: readonly string[]): CertificateInput => ({
  ...certificateInput,
  request: { ...certificateInput.request, state: 'completed', completedAt: new Date('2026-11-21T14:00:00Z') },
  systems: certificateInput.systems.filter(({ name }) => names.includes(name)),
  verification: certificateInput.verification && {
    ...certificateInput.verification,
    tooShort: 0,
    together: 0,
    systems: certificateInput.verification.systems.filter(({ name }) => names.includes(name)),
  },
})
