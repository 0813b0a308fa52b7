import { type Language, say } from '../platform/texts.ts'
import type { Checkup } from './check-map.ts'
import { keysOf } from './gap.ts'
import { citation } from './sarif.ts'
import { sentenceOf } from './told-gap.ts'

/** A check for other programs: what `check --format json` prints and `POST /api/check` answers. `file`: the map's, as it was named. */
export function checkedDocument(checkup: Checkup, language: Language, file: string | null) {
  const { gaps, unreachable } = checkup
  return {
    ok: gaps.length + unreachable.length === 0,
    map: file,
    systems: Object.entries(checkup.systems).map(([name, { description }]) => ({
      name,
      engine: description.engine,
      collections: description.collections.length,
    })),
    findings: gaps.map((gap) => ({
      rule: gap.rule,
      cites: citation(gap.rule),
      system: gap.system,
      collection: gap.collection,
      purpose: gap.purpose,
      field: gap.fields.length === 1 ? (gap.fields[0] ?? null) : null,
      fields: gap.fields,
      message: sentenceOf(language, gap),
      file,
      ...gap.at,
      add: gap.add,
      keys: keysOf(gap),
    })),
    accepted: checkup.accepted,
    unreachable: unreachable.map((one) => ({ ...one, message: say(language, one.code, one.params) })),
    notChecked: checkup.notChecked,
  }
}
