import { smallMap } from './small-company.ts'

const small = smallMap('shop')
const changed = (from: string, to: string): string => {
  if (!small.includes(from)) throw new Error(`the small map does not say ${from}`)
  return small.replace(from, to)
}
/** The line on which a text first stands, from 1. */
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length

const misspelt = (from: string, to: string, code: string): WrongMap => {
  const text = changed(from, to)
  return [text, lineOf(text, to), code]
}

/** A map's text, the line of its first error, and that error's name. */
export type WrongMap = readonly [text: string, line: number, code: string]

const head = 'version: 1\n'

/** Every way a map written by hand has been seen to go wrong, and some nobody would think of. */
export const wrongMaps: Readonly<Record<string, WrongMap>> = {
  'nothing at all': ['', 1, 'map-empty'],
  'only a comment': ['# to be written\n', 1, 'map-empty'],
  'a tab': [`${head}\tsystems: {}\n`, 2, 'map-tab'],
  'a wrong indent': [`${head}systems:\n  a:\n     b: 1\n   c: 2\n`, 5, 'map-indent'],
  'a brace left open': [`{"version": 1, "systems": {}\n`, 2, 'map-unclosed'],
  'a quotation mark left open': [`${head}systems: "shop\n`, 3, 'map-unclosed'],
  'a colon forgotten': [`${head}systems\n  shop: 1\n`, 2, 'map-colon'],
  'two documents': [`${head}---\n${head}`, 2, 'map-many-documents'],
  'a tag': ['version: !!js/function 1\n', 1, 'map-tag'],
  'an anchor': [`${head}systems: &all {}\nrules: *all\n`, 2, 'map-alias'],
  'a key twice': [`${head}rules: {}\nsystems: {}\nversion: 1\n`, 4, 'map-duplicate-key'],
  'a NUL': [`${head}sys\0tems: {}\n`, 2, 'map-control-character'],
  'a binary file': ['\u0001\u0002\u0003', 1, 'map-control-character'],
  'a list': ['- shop\n- desk\n', 1, 'map-not-a-map'],
  'a sentence': ['please erase everybody\n', 1, 'map-not-a-map'],
  'the prototype of all objects': [`${head}systems: {}\nrules: {}\n__proto__: {}\n`, 4, 'map-reserved-name'],
  'forty levels': [`${head}systems: ${'{a: '.repeat(40)}1${'}'.repeat(40)}\n`, 2, 'map-too-deep'],
  'a later version': ['version: 2\nsystems: {}\nrules: {}\n', 1, 'map-not-allowed-near'],
  'a country in full': [`${head}country: France\nsystems: {}\nrules: {}\n`, 2, 'map-bad-country'],
  'sections without anything': [`${head}systems:\nrules:\n`, 2, 'map-not-section'],
  'a system nobody knows': misspelt('  shop:', '  shopp:', 'map-unknown-system-near'),
  'a collection nobody knows': misspelt('public.visit:', 'public.visits:', 'map-unknown-collection-near'),
  'a field nobody knows': misspelt(
    'street: {category: postal-address}',
    'avenue: {category: postal-address}',
    'map-unknown-field',
  ),
  'a key nobody knows': misspelt('controller:', 'kontroller:', 'map-unknown-key-near'),
  'rows treated in no known way': misspelt('rows: clear', 'rows: burn', 'map-not-allowed'),
  'a rule nobody wrote': misspelt('rule: accounting', 'rule: acounting', 'map-unknown-rule-near'),
  'years in words': misspelt('years: 10', 'years: ten', 'map-not-number'),
  'a condition in words': misspelt('"paid_at is null"', '"paid_at equals null"', 'map-while-comparison'),
}
