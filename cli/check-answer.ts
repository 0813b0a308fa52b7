import { say } from '../src/platform/texts.ts'
import {
  asJunit,
  asSarif,
  type Checkup,
  checkedDocument,
  citation,
  type Gap,
  remedyOf,
  sentenceOf,
} from '../src/register/public.ts'
import { version } from '../src/version.ts'
import { type Answer, type Block, bad, good, quiet, strong, verbatim, warning } from './answer.ts'
import { language, t } from './language.ts'
import { harmlessJson } from './terminal-text.ts'

export const checkFormats = ['text', 'json', 'junit', 'sarif'] as const
export type CheckFormat = (typeof checkFormats)[number]

/** What a check found, and the map's file as it was named; null for the map in force, whose lines are those of `map export`. */
export type Checked = Checkup & { readonly file: string | null }

/** Exit 1 for gaps, 3 where only a system was out of reach. A format for machines is all there is on stdout. */
export function checkAnswer(checkup: Checked, format: CheckFormat): Answer {
  const { gaps, unreachable } = checkup
  const exit = gaps.length > 0 ? 1 : unreachable.length > 0 ? 3 : 0
  const reported = { language, file: fileOf(checkup), version }
  const json = format === 'sarif' ? asSarif(gaps, reported) : checkedDocument(checkup, language, checkup.file)
  if (format === 'text') return { json, blocks: blocksOf(checkup), exit }
  const text = format === 'junit' ? asJunit(gaps, namesOf(checkup), reported) : harmlessJson(json)
  return { json, blocks: text.trimEnd().split('\n').map(verbatim), exit }
}

const fileOf = ({ file }: Checked): string => file ?? t('check-exported')

const namesOf = ({ map, systems }: Checked) => ({
  map,
  collections: Object.fromEntries(
    Object.entries(systems).map(([name, { description }]) => {
      const mapped = Object.keys(map.systems[name]?.collections ?? {})
      return [name, [...new Set([...description.collections.map((one) => one.name), ...mapped])]] as const
    }),
  ),
})

function blocksOf(checkup: Checked): readonly Block[] {
  const { gaps, accepted, unreachable, notChecked, systems } = checkup
  const fields = Object.values(systems)
    .flatMap(({ description }) => description.collections)
    .reduce((sum, one) => sum + one.fields.length, 0)
  const counts = { systems: Object.keys(systems).length, fields, gaps: gaps.length, accepted }
  return [
    ...gaps.flatMap((gap, i) => gapBlocks(fileOf(checkup), gap, gaps[i + 1])),
    ...unreachable.map(({ name, code, params }) => bad(`${name}: ${say(language, code, params)}`)),
    ...(notChecked.length > 0 ? [quiet(t('check-not-checked', { systems: notChecked.join(', ') }))] : []),
    ...(accepted > 0 ? [quiet(t('check-accepted', { accepted }))] : []),
    gaps.length > 0
      ? bad(t('check-gaps', counts))
      : unreachable.length > 0
        ? warning(t('check-incomplete'))
        : good(t('check-clean', counts)),
  ]
}

/** One block closes the gaps of a whole new collection: it is said once, after the last of them. */
function gapBlocks(file: string, gap: Gap, next: Gap | undefined): readonly Block[] {
  const again = next?.add !== null && next?.add?.text === gap.add?.text && next?.add?.line === gap.add?.line
  const remedy = gap.add !== null && again ? null : remedyOf(language, file, gap)
  return [
    strong(`${file}:${gap.at.line}:${gap.at.column}  ${gap.rule} (${citation(gap.rule)})`),
    sentenceOf(language, gap),
    ...(remedy === null ? [] : remedy.split('\n').map((line, i) => (i === 0 ? quiet(line) : verbatim(line)))),
    ...(again ? [] : ['']),
  ]
}
