import type { PossibleRecord } from '../src/requests/public.ts'
import { type Block, quiet, warning } from './answer.ts'
import { say } from './people-texts.ts'

const shown = 20

/** Records that may be the person's and may be another's, and how to say which. */
export function possibleBlocks(possible: readonly PossibleRecord[]): readonly Block[] {
  if (possible.length === 0) return []
  return [
    warning(say('possible-title', { records: possible.length })),
    {
      columns: [
        { header: say('column-record'), wrap: true },
        { header: say('column-signs'), wrap: true },
      ],
      rows: possible
        .slice(0, shown)
        .map(({ system, collection, record, signs }) => [
          record ?? quiet(`${system}/${collection}: ${say('possible-without-key')}`),
          signs.map((sign) => say(`sign-${sign}`)).join(', '),
        ]),
    },
    ...(possible.length > shown ? [quiet(say('possible-more', { more: possible.length - shown }))] : []),
    quiet(say('possible-next')),
    '',
  ]
}
