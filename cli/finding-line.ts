import type { MapFinding } from '../src/inventory/public.ts'
import { say } from '../src/platform/texts.ts'
import { language } from './language.ts'
import { harmless } from './terminal-text.ts'

/** `file:line:column` as compilers write it, so that terminals and editors can jump there. */
export const findingLine = (file: string, { line, column, code, params }: MapFinding): string =>
  harmless(`${file}:${line}:${column}  ${say(language, code, params)}`)
