import type { ProviderName } from '../platform/key-provider.ts'

/**
 * The life of an epoch key. `current`: new keys are wrapped by it. `rewrapping`: the next one is, and live keys are moving there.
 * `rewrapped`: it wraps no live key any more. `retired`: a verified backup knows them under the next one, and the hold began.
 * `destroying`: that it will be gone is in evidence. `destroyed`: what it wrapped opens nowhere.
 */
export const epochStates = [
  'current',
  'rewrapping',
  'rewrapped',
  'retired',
  'destroying',
  'destroyed',
] as const
export type EpochState = (typeof epochStates)[number]

export interface Epoch {
  readonly epoch: number
  readonly provider: ProviderName
  /** The provider's own number of the key. */
  readonly version: number
  readonly state: EpochState
  /** At most so many keys were wrapped by it. */
  readonly wraps: number
  readonly createdAt: Date
  readonly rewrappedAt: Date | null
  /** How many live keys moved on to the next. */
  readonly keysMoved: number
  readonly retiredAt: Date | null
  readonly destroyedAt: Date | null
  /** It was destroyed once, and a restored backup brought it back. */
  readonly returned: boolean
}

const dayMs = 86_400_000
const after = (date: Date, days: number): Date => new Date(date.getTime() + days * dayMs)

/**
 * A week until the rotation, a day for a verified backup, and a hold of at most twelve stay below three weeks, and those
 * below the month of Art. 12(3).
 */
export const rotationDays = 7
export const shredDays = 21

/** When what was wrapped for a person whose key was deleted must be unreadable in every copy, at the latest. */
export const shredLatest = (keyDestroyedAt: Date): Date => after(keyDestroyedAt, shredDays)

export const rotationDue = ({ createdAt }: Pick<Epoch, 'createdAt'>): Date => after(createdAt, rotationDays)

export const destructionDue = (retiredAt: Date, holdDays: number): Date => after(retiredAt, holdDays)

/** AES-GCM with random nonces stays safe far beyond 2^30 messages; at 2^32 it is over (NIST SP 800-38D §8.3). */
export const wrapsToRotateAt = 2 ** 30
export const mostWraps = 2 ** 32
