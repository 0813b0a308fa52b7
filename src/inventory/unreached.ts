import { draftSystem, isReachedByItself, type ProposedSystem } from './propose-draft.ts'
import { proposeLinks } from './propose-links.ts'

/**
 * Collections that hold personal data and lead to nobody, by identifiers of their own or by links: no request would
 * find their rows.
 */
export function unreachedOf(system: ProposedSystem, minConfidence: number): ReadonlySet<string> {
  const { drafts } = draftSystem(system, minConfidence)
  const { reaching } = proposeLinks(drafts, system.links?.within, minConfidence)
  const unreached = drafts.filter(
    (draft) => draft.personal && !reaching.has(draft.name) && !isReachedByItself(draft),
  )
  return new Set(unreached.map(({ name }) => name))
}
