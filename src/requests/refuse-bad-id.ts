import { isUuid } from '../platform/bytes.ts'
import { problem } from './problems.ts'

/** Throws `requests.bad-id`, without what was typed: in place of an id it is most likely an identifier of a person. */
export function refuseBadId(id: string): void {
  if (!isUuid(id)) throw problem('requests.bad-id')
}
