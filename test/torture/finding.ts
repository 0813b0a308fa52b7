import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What may be found: a row of somebody else lost or changed; the person still, or again, there; evidence that does not say what
 * happened, or says it twice; work that does not come to its end.
 */
export type FindingKind = 'lost' | 'resurrected' | 'wrong-evidence' | 'stuck'

export interface Complaint {
  readonly kind: FindingKind
  readonly text: string
}

/** Thrown where a finding ends the round it is in. */
export class Finding extends Error {
  readonly kind: FindingKind
  constructor(kind: FindingKind, text: string) {
    super(text)
    this.kind = kind
  }
}

/** What hangs is a finding with a name, and not a run that never ends. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const enough = new AbortController()
  const late = sleep(ms, undefined, { signal: enough.signal, ref: false }).then(() => {
    throw new Finding('stuck', `${what}: nothing for ${ms / 1000} s`)
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    enough.abort()
  }
}
