import type { SystemPlan } from '../src/holdings/public.ts'
import { type Block, quiet, strong, type Text, warning } from './answer.ts'
import { say } from './people-texts.ts'

/** What a plan will do in one system, as a table: deletions, changes, and what stays with its ground. */
export function planBlocks(system: SystemPlan): readonly Block[] {
  const rows = system.collections.flatMap(
    ({ name, delete: gone, change, keep }): readonly (readonly Text[])[] => [
      ...(gone > 0 ? [[name, gone, say('plan-delete'), '']] : []),
      ...grouped(change).map(({ action, count, fields }) => [
        name,
        count,
        say(`action-${action}`),
        fields.join(', '),
      ]),
      ...keep.map(({ count, ground, article, until, fields }) => [
        name,
        count,
        warning(until === null ? say(`keep-while-${ground}`) : say('keep-until', { until })),
        quiet(`${say(`ground-${ground}`)} (${article}): ${fields.join(', ')}`),
      ]),
    ],
  )
  return [
    strong(system.name),
    {
      columns: [
        { header: say('column-collection') },
        { header: say('column-rows'), align: 'right' },
        { header: say('column-action') },
        { header: say('column-fields'), wrap: true },
      ],
      rows,
    },
    '',
  ]
}

/** Fields with the same fate in as many rows stand on one line. */
function grouped(change: SystemPlan['collections'][number]['change']) {
  const groups = new Map<string, { action: string; count: number; fields: string[] }>()
  for (const { field, action, count } of change) {
    const group = groups.get(`${action} ${count}`) ?? { action, count, fields: [] }
    group.fields.push(field)
    groups.set(`${action} ${count}`, group)
  }
  return [...groups.values()]
}
