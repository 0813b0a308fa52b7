import { problem } from './problems.ts'

/** A parser for an option's value: a whole number between two bounds, both included. */
export const wholeNumber =
  (option: string, min: number, max: number) =>
  (text: string): number => {
    const number = Number(text)
    if (!/^\d{1,15}$/.test(text) || number < min || number > max)
      throw problem('cli.not-a-number', { option, min, max })
    return number
  }

/** The same for a share such as 0.8. */
export const share =
  (option: string) =>
  (text: string): number => {
    const number = Number(text)
    if (!/^(?:0|1|0?\.\d+|1\.0+)$/.test(text) || number < 0 || number > 1)
      throw problem('cli.not-a-number', { option, min: 0, max: 1 })
    return number
  }

/** Collects an option that may be given several times. */
export const several = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
]

/** An ISO 3166-1 alpha-2 code, in either case. */
export const countryCode =
  (option: string) =>
  (text: string): string => {
    const code = text.toUpperCase()
    if (!/^[A-Z]{2}$/.test(code)) throw problem('cli.not-a-country', { option })
    return code
  }

/** One of a few words. */
export const choice =
  <Word extends string>(option: string, allowed: readonly Word[]) =>
  (text: string): Word => {
    const word = allowed.find((one) => one === text)
    if (word === undefined) throw problem('cli.not-a-choice', { option, allowed: allowed.join(', ') })
    return word
  }
