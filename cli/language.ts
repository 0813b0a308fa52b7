import { readConfig } from '../src/platform/config.ts'
import { say } from '../src/platform/texts.ts'

const { DOSSIER_LANGUAGE, LC_ALL, LC_MESSAGES, LANG } = process.env

/** Read apart from the other settings: help and the complaint about a wrong setting need a language too. */
export const language = readConfig({ DOSSIER_LANGUAGE, LC_ALL, LC_MESSAGES, LANG }).config.language

/** The sentence `cli.<key>` in the language of this terminal. */
export const t = (key: string, params: Readonly<Record<string, string | number>> = {}): string =>
  say(language, `cli.${key}`, params)
