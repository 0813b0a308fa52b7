/**
 * The language of a rule's `while`: comparisons over the fields of one row, joined by `and`, `or`, `not` and brackets.
 *
 *     status in ('active', 'paused') or paid_at is null and total > 0
 *
 * A field is written bare, "in double quotes", or behind its own collection (`public.invoice.paid_at`).
 */
export type Condition =
  | { readonly is: 'and'; readonly of: readonly Condition[] }
  | { readonly is: 'or'; readonly of: readonly Condition[] }
  | { readonly is: 'not'; readonly of: Condition }
  | { readonly is: 'null'; readonly field: string }
  | {
      readonly is: 'comparison'
      readonly field: string
      readonly operator: Operator
      readonly operand: Operand
    }

export type Operator = '=' | '<>' | '<' | '<=' | '>' | '>='

export type Operand =
  | { readonly is: 'text' | 'number'; readonly text: string }
  | { readonly is: 'boolean'; readonly value: boolean }
  | { readonly is: 'today'; readonly offset: Offset | null }
  | { readonly is: 'field'; readonly field: string }

/** `today - 3 years` */
export interface Offset {
  readonly count: number
  readonly unit: 'days' | 'weeks' | 'months' | 'years'
}

/** What is wrong, and at which character (from 0). The sentence is `inventory.map-while-<error>`. */
export interface ConditionError {
  readonly error:
    | 'too-long'
    | 'too-deep'
    | 'unclosed'
    | 'character'
    | 'field'
    | 'comparison'
    | 'value'
    | 'null'
    | 'rest'
  readonly at: number
}

class Misread extends Error implements ConditionError {
  readonly error: ConditionError['error']
  readonly at: number

  constructor(error: ConditionError['error'], at: number) {
    super(error)
    this.error = error
    this.at = at
  }
}

const longest = 2000
const deepest = 32

/** Reads a condition. Where `collection` is given, a field written behind that name loses it. */
export function parseCondition(text: string, collection?: string): Condition | ConditionError {
  try {
    if (text.length > longest) throw new Misread('too-long', longest)
    const cursor: Cursor = { tokens: tokensOf(text), next: 0, prefix: collection && `${collection}.` }
    const condition = disjunction(cursor, 0)
    if (peek(cursor).is !== 'end') throw new Misread('rest', peek(cursor).at)
    return condition
  } catch (error) {
    if (error instanceof Misread) return { error: error.error, at: error.at }
    throw error
  }
}

export const isCondition = (parsed: Condition | ConditionError): parsed is Condition => 'is' in parsed

/** Every field a condition looks at, once each. */
export function fieldsOf(condition: Condition): readonly string[] {
  const found = new Set<string>()
  const visit = (part: Condition): void => {
    if (part.is === 'and' || part.is === 'or') for (const each of part.of) visit(each)
    else if (part.is === 'not') visit(part.of)
    else found.add(part.field)
    if (part.is === 'comparison' && part.operand.is === 'field') found.add(part.operand.field)
  }
  visit(condition)
  return [...found]
}

interface Token {
  readonly is: 'word' | 'quoted' | 'text' | 'number' | 'sign' | 'end'
  readonly text: string
  readonly at: number
}

interface Cursor {
  readonly tokens: readonly Token[]
  readonly prefix: string | undefined
  next: number
}

const pattern =
  /\s+|(?<word>[\p{L}_$][\p{L}\p{M}\p{N}_$]*)|(?<quoted>"(?:[^"]|"")+")|(?<text>'(?:[^']|'')*')|(?<number>\d+(?:\.\d+)?)|(?<sign><=|>=|<>|!=|[=<>(),.+-])/uy

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at
    const groups = pattern.exec(text)?.groups
    if (groups === undefined) throw new Misread(/['"]/.test(text.charAt(at)) ? 'unclosed' : 'character', at)
    const { word, quoted, text: literal, number, sign } = groups
    if (word) tokens.push({ is: 'word', text: word, at })
    if (quoted) tokens.push({ is: 'quoted', text: quoted.slice(1, -1).replaceAll('""', '"'), at })
    if (literal) tokens.push({ is: 'text', text: literal.slice(1, -1).replaceAll("''", "'"), at })
    if (number) tokens.push({ is: 'number', text: number, at })
    if (sign) tokens.push({ is: 'sign', text: sign, at })
  }
  return [...tokens, { is: 'end', text: '', at: text.length }]
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.next] ?? { is: 'end', text: '', at: 0 }
}

function take(cursor: Cursor, is: Token['is'], ...texts: readonly string[]): string | undefined {
  const token = peek(cursor)
  const text = is === 'word' && texts.length > 0 ? token.text.toLowerCase() : token.text
  if (token.is !== is || (texts.length > 0 && !texts.includes(text))) return undefined
  cursor.next++
  return text
}

function need(
  cursor: Cursor,
  error: ConditionError['error'],
  is: Token['is'],
  ...texts: readonly string[]
): string {
  const at = peek(cursor).at
  const taken = take(cursor, is, ...texts)
  if (taken === undefined) throw new Misread(error, at)
  return taken
}

const disjunction = (cursor: Cursor, depth: number): Condition =>
  joined('or', cursor, () => joined('and', cursor, () => negation(cursor, depth)))

function joined(is: 'and' | 'or', cursor: Cursor, part: () => Condition): Condition {
  const first = part()
  const of = [first]
  while (take(cursor, 'word', is)) of.push(part())
  return of.length === 1 ? first : { is, of }
}

function negation(cursor: Cursor, depth: number): Condition {
  if (depth > deepest) throw new Misread('too-deep', peek(cursor).at)
  if (take(cursor, 'word', 'not')) return { is: 'not', of: negation(cursor, depth + 1) }
  if (!take(cursor, 'sign', '(')) return comparison(cursor)
  const inner = disjunction(cursor, depth + 1)
  need(cursor, 'rest', 'sign', ')')
  return inner
}

function comparison(cursor: Cursor): Condition {
  const field = fieldName(cursor, 'field')
  const unless = (negated: string | undefined, condition: Condition): Condition =>
    negated ? { is: 'not', of: condition } : condition
  if (take(cursor, 'word', 'is')) {
    const negated = take(cursor, 'word', 'not')
    need(cursor, 'comparison', 'word', 'null')
    return unless(negated, { is: 'null', field })
  }
  const negated = take(cursor, 'word', 'not')
  if (negated || peek(cursor).text.toLowerCase() === 'in') {
    need(cursor, 'comparison', 'word', 'in')
    return unless(negated, membership(cursor, field))
  }
  const operator = need(cursor, 'comparison', 'sign', '=', '<>', '!=', '<', '<=', '>', '>=')
  return {
    is: 'comparison',
    field,
    operator: (operator === '!=' ? '<>' : operator) as Operator,
    operand: operand(cursor),
  }
}

function membership(cursor: Cursor, field: string): Condition {
  need(cursor, 'value', 'sign', '(')
  const equal = (): Condition => ({ is: 'comparison', field, operator: '=', operand: operand(cursor) })
  const first = equal()
  const of = [first]
  while (take(cursor, 'sign', ',')) of.push(equal())
  need(cursor, 'rest', 'sign', ')')
  return of.length === 1 ? first : { is: 'or', of }
}

function operand(cursor: Cursor): Operand {
  const at = peek(cursor).at
  const text = take(cursor, 'text')
  if (text !== undefined) return { is: 'text', text }
  const minus = take(cursor, 'sign', '-')
  if (minus || peek(cursor).is === 'number')
    return { is: 'number', text: `${minus ?? ''}${need(cursor, 'value', 'number')}` }
  const word = take(cursor, 'word', 'true', 'false', 'today', 'null')
  if (word === 'null') throw new Misread('null', at)
  if (word === 'today') return { is: 'today', offset: offset(cursor) }
  if (word !== undefined) return { is: 'boolean', value: word === 'true' }
  return { is: 'field', field: fieldName(cursor, 'value') }
}

function offset(cursor: Cursor): Offset | null {
  const sign = take(cursor, 'sign', '+', '-')
  if (sign === undefined) return null
  const at = peek(cursor).at
  const count = need(cursor, 'value', 'number')
  if (!/^\d{1,5}$/.test(count)) throw new Misread('value', at)
  const unit = need(cursor, 'value', 'word', ...Object.keys(units))
  return { count: Number(count) * (sign === '-' ? -1 : 1), unit: units[unit] ?? 'days' }
}

const units: Readonly<Record<string, Offset['unit']>> = {
  day: 'days',
  days: 'days',
  week: 'weeks',
  weeks: 'weeks',
  month: 'months',
  months: 'months',
  year: 'years',
  years: 'years',
}

function fieldName(cursor: Cursor, error: ConditionError['error']): string {
  const part = () => take(cursor, 'quoted') ?? need(cursor, error, 'word')
  let name = part()
  while (take(cursor, 'sign', '.')) name += `.${part()}`
  return cursor.prefix && name.startsWith(cursor.prefix) ? name.slice(cursor.prefix.length) : name
}
