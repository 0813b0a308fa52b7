import type { WitnessState } from '../src/evidence/public.ts'
import { say as sayIn } from '../src/platform/texts.ts'
import { language } from './language.ts'
import { say } from './people-texts.ts'

/** How far a witness has come, and what keeps it from coming further. */
export const witnessSentence = ({ name, size, entries, trouble }: WitnessState): string =>
  trouble === null
    ? say('evidence-witness-seen', { name, size, entries })
    : say('evidence-witness-trouble', {
        name,
        size,
        entries,
        problem: sayIn(language, `evidence.witness-${trouble}`),
      })
