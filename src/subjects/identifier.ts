import type { KeyObject } from 'node:crypto'
import { hmac } from '../platform/bytes.ts'
import type { Context } from '../platform/context.ts'
import { type IdentifierKind, normaliseIdentifier } from './normalise.ts'

export interface Identifier {
  readonly kind: IdentifierKind
  /** As `normaliseIdentifier` writes it. */
  readonly value: string
  /** One value is one person. By default true, but for a phone, which a household shares (design §4). */
  readonly unique?: boolean
}

export const isUnique = (identifier: Identifier): boolean => identifier.unique ?? identifier.kind !== 'phone'

/** Finds a person without keeping the identifier: HMAC-SHA-256 under a key per kind that PostgreSQL never sees. */
export const blindIndex = (ctx: Context, kind: IdentifierKind, normalised: string): Buffer =>
  hmac(ctx.keyring.derived('index', `${kind} v1`), normalised)

/** Remembers an erasure. Another root than the blind index, so that nobody can join the two. */
export const tombstone = (ctx: Context, kind: IdentifierKind, normalised: string): Buffer =>
  hmac(tombstoneKey(ctx, kind), normalised)

export const tombstoneKey = (ctx: Context, kind: IdentifierKind): KeyObject =>
  ctx.keyring.derived('tombstone', `${kind} v1`)

/** Where the sealed value of an identifier stands. */
export const identifierPlace = (id: string) => ['subjects.identifier', id] as const

/** A value in another spelling would be hashed where nobody finds it: a bug of the caller. */
export function refuseUnnormalised(ids: readonly Identifier[]): void {
  for (const { kind, value } of ids) {
    if (normaliseIdentifier(kind, value, undefined) !== value)
      throw new Error(`subjects: an identifier of kind ${kind} is not normalised`)
  }
}
