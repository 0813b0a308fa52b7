import { approvePlan, askedIdentifiers, planRequest, receiveRequest } from '../../src/requests/public.ts'
import type { Arena } from './arena.ts'
import { type Person, personAt } from './company.ts'

/** An erasure that was approved and is to be carried out under fire. */
export interface Erasure {
  readonly person: Person
  /** Whom the person's message names, and who was referred by the person. */
  readonly next: Person
  readonly request: string
  /** Every row of the company before. */
  readonly before: readonly string[]
  /** Set by a fault after which nobody may say that all is done, until it was planned anew. */
  wasDeceived: boolean
}

/** The n-th erasure of an arena. Every second person is erased: the one before names them, the one after was referred by them. */
export async function beginErasure({ ctx, company }: Arena, n: number): Promise<Erasure> {
  const person = personAt(2 * n + 1)
  await company.peopleBeyond(person.id)
  const asked = await askedIdentifiers(ctx, person.email)
  const request = await receiveRequest(ctx, { kind: 'erasure', asked, identityProof: 'operator-attested' })
  const { plan } = await planRequest(ctx, request)
  await approvePlan(ctx, plan.id)
  const before = await company.rows()
  return { person, next: personAt(person.id + 1), request: request.id, before, wasDeceived: false }
}
