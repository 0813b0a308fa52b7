import type { WitnessState } from '../evidence/public.ts'
import { type Language, say } from '../platform/texts.ts'

/** How far a witness has come, and what keeps it from coming further. */
export const witnessSentence = (
  language: Language,
  { name, size, entries, trouble }: WitnessState,
): string =>
  trouble === null
    ? say(language, 'people.evidence-witness-seen', { name, size, entries })
    : say(language, 'people.evidence-witness-trouble', {
        name,
        size,
        entries,
        problem: say(language, `evidence.witness-${trouble}`),
      })
