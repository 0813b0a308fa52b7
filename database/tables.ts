/**
 * What kind of table each one is (design §5): `subject` belongs to a person and carries `subject_id` in its key,
 * `lookup` is keyed by a blind index, `reference` is small and the same everywhere, `local` stays on one server. Each stands
 * after those it refers to: a backup is restored in this order.
 */
export type TableKind = 'subject' | 'lookup' | 'reference' | 'local'

export const tables = {
  main: {
    'platform.migration': 'local',
    'platform.key_check': 'local',
    'platform.idempotency': 'local',
    'access.api_key': 'reference',
    'evidence.entry': 'subject',
    'evidence.log': 'local',
    'evidence.leaf': 'local',
    'evidence.node': 'local',
    'evidence.checkpoint': 'local',
    'evidence.cosignature': 'local',
    'evidence.witness': 'local',
    'subjects.subject': 'subject',
    'subjects.identifier': 'subject',
    'subjects.lookup': 'lookup',
    'subjects.tombstone': 'lookup',
    'subjects.ledger': 'local',
    'inventory.system': 'reference',
    'inventory.scan': 'local',
    'inventory.map_version': 'reference',
    'requests.request': 'subject',
    'requests.plan': 'subject',
    'requests.step': 'subject',
    'requests.kept': 'subject',
    'requests.verification': 'subject',
    'requests.batch': 'local',
    'requests.batch_lock': 'local',
    'requests.batch_member': 'subject',
    'requests.certificate': 'subject',
    'requests.certificate_owed': 'subject',
    'requests.sweep': 'local',
    'requests.sweep_mark': 'local',
  },
  keys: {
    'platform.migration': 'local',
    'platform.key_check': 'local',
    'subjects.epoch': 'local',
    'subjects.subject_key': 'subject',
    'subjects.subject_key_next': 'subject',
  },
} as const satisfies Readonly<Record<'main' | 'keys', Readonly<Record<string, TableKind>>>>
