import type { Match, Needle } from '../connector.ts'
import { foldText } from '../fold.ts'

/** A text with letters written as `\u00e9` says no needle as it is; rows with such a text are all looked at. */
const escaped: Needle = { fold: 'lower', text: '\\u' }

/** What has to be looked for in the text of documents so that no document that says a needle is missed. */
export const needlesInDocuments = (needles: readonly Needle[]): readonly Needle[] =>
  needles.length === 0 ? [] : distinct([...needles.flatMap(asWritten), escaped])

/** The same for rows that may match in the first of a match's fields that is a path, at `place`. */
export const needlesForMatch = ({ fold, values }: Match, place: number): readonly Needle[] =>
  needlesInDocuments(
    values.flatMap((tuple): readonly Needle[] => {
      const text = foldText(fold, tuple[place] ?? '')
      if (fold === 'digits') return text === '' ? [] : [{ fold: 'digits', text }]
      // An empty text stands in any document; what finds strings finds it.
      return [{ fold: 'lower', text: text === '' ? '"' : text }]
    }),
  )

function asWritten(needle: Needle): readonly Needle[] {
  if (needle.fold === 'digits') return [needle]
  const text = JSON.stringify(needle.text).slice(1, -1)
  // PHP writes a slash with a backslash before it.
  return [needle, { fold: 'lower', text }, { fold: 'lower', text: text.replaceAll('/', '\\/') }]
}

const distinct = (needles: readonly Needle[]): readonly Needle[] => [
  ...new Map(needles.map((needle) => [`${needle.fold} ${needle.text}`, needle])).values(),
]
