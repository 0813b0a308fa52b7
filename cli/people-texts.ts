import { say as sayIn } from '../src/platform/texts.ts'
import { language } from './language.ts'

/** A text of the commands about people: texts/<language>/people.json. */
export const say = (key: string, params: Readonly<Record<string, string | number>> = {}): string =>
  sayIn(language, `people.${key}`, params)

/** A problem that was noted rather than thrown, as a sentence. */
export const problemSentence = ({
  code,
  params,
}: {
  readonly code: string
  readonly params: Readonly<Record<string, string | number>>
}): string => sayIn(language, code, params)
