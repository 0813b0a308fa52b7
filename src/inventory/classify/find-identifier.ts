import type { Cell, CollectionDescription } from '../../connectors/public.ts'
import type { Category, IdentifierKind } from '../data-map.ts'
import { type CollectionKind, kindWithin } from './collection-kind.ts'
import type { FieldFeatures } from './features.ts'
import { isAddressee, type RoleName, roleIn } from './field-name.ts'
import type { Reason } from './proposal.ts'
import { uniquenessOf } from './uniqueness.ts'

export interface FoundIdentifier {
  readonly identifier: IdentifierKind | null
  /** Is one value one person? Null where nothing tells. */
  readonly unique: boolean | null
  readonly reasons: readonly Reason[]
}

export interface Surrounded {
  readonly description: CollectionDescription
  readonly kind: CollectionKind
  /** Cells of the collection's person-name fields. */
  readonly nameColumns: readonly (readonly Cell[])[]
}

const identifierOf: Readonly<Partial<Record<Category, IdentifierKind>>> = {
  email: 'email',
  phone: 'phone',
  username: 'username',
  'customer-number': 'number',
  'national-id': 'national-id',
  'bank-account': 'bank-account',
}

/** Whether a field's values lead to a person, whose they are, and whether to one person only. */
export function findIdentifier(
  around: Surrounded,
  field: FieldFeatures,
  category: Category,
  cells: readonly Cell[],
): FoundIdentifier {
  const kind = identifierOf[category]
  const none = { identifier: null, unique: null }
  if (kind === undefined || !isComparable(field)) return { ...none, reasons: [] }
  const hashed = hashedShare(field)
  if (hashed > 0.5) return { ...none, reasons: [{ code: 'hashed', share: rounded(hashed) }] }
  const word = otherPerson(around, field.field.name)
  if (word !== null) return { identifier: kind, unique: false, reasons: [{ code: 'other-person', word }] }
  const { unique, shared } = uniquenessOf(
    kind,
    field.field.name,
    cells,
    around.description,
    around.nameColumns,
  )
  const isShared = unique === false && shared > 0
  return { identifier: kind, unique, reasons: isShared ? [{ code: 'shared', share: rounded(shared) }] : [] }
}

/** An object or an array cannot be compared with what a person gives, nor a key with what it stands for. */
const isComparable = ({ field, name }: FieldFeatures): boolean =>
  field.kind !== 'json' && field.kind !== 'array' && field.kind !== 'binary' && !name.idLike

const hashedShare = ({ values }: FieldFeatures): number =>
  Math.max(values?.shares.get('hash') ?? 0, values?.shares.get('uuid') ?? 0)

/**
 * The word that says an identifier is not the row's owner's. A `recipient` is the owner of an e-mail log, but somebody
 * else beside a sender, or on an order.
 */
function otherPerson({ description, kind }: Surrounded, field: string): string | null {
  const role = roleIn(field)
  if (role === null) return null
  const beside = (is: (role: RoleName) => boolean) =>
    description.fields.some(({ name }) => {
      const found = roleIn(name)
      return found !== null && is(found)
    })
  // Of a message's two ends either may be the customer.
  if (role.role === 'owner') return isSending(role) && beside(isParty) ? role.word : null
  // `agent_email` is an agent's own among agents, and somebody else's among customers.
  if (role.role === 'actor') return kind === 'staff' && kindWithin([role.word]) === 'staff' ? null : role.word
  const delivered = kind === 'message' || kind === 'history' || kind === 'belonging'
  return isAddressee(role.word) && delivered && !beside(isSending) ? null : role.word
}

const isSending = ({ word }: RoleName): boolean => word === 'sender' || word === 'from'
const isParty = ({ role }: RoleName): boolean => role === 'party'

const rounded = (share: number): number => Math.round(share * 100) / 100
