import type { Problem } from '../platform/problem.ts'
import type { CollectionDescription } from './connector.ts'
import { problem } from './problems.ts'
import type { Reason } from './reasons.ts'

const noRight: Reason = 'no right to read it'

/** What `describe` said of a collection that could not be read, as a Problem for whoever needs it all the same. */
export function unreadableProblem({
  name,
  unreadable,
}: Pick<CollectionDescription, 'name' | 'unreadable'>): Problem {
  const [, line = '1', reason = ''] = /^(?:line (\d+): )?(.*)$/s.exec(unreadable ?? '') ?? []
  return reason === noRight
    ? problem('connectors.refused', { what: `reading ${name}` })
    : problem('connectors.corrupt', { file: name, line: Number(line), reason })
}
