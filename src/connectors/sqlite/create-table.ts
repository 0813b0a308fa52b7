import type { Check } from '../connector.ts'

interface Token {
  /** A word in lower case, an identifier or literal without its quotes, or one character. */
  readonly text: string
  readonly kind: 'word' | 'name' | 'literal' | 'sign'
  readonly start: number
  readonly end: number
}

const scanner =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(?<literal>[xX]?'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<word>[\p{L}_\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*)|(?<number>\d[\w.]*)|(?<sign>[\s\S])/guy

/**
 * The CHECK constraints of a CREATE TABLE: SQLite keeps them nowhere but in the statement's text. A check without a
 * name is named by its expression, as SQLite does when it is broken.
 */
export function checksOf(statement: string, fields: readonly string[]): readonly Check[] {
  const tokens = tokensOf(statement)
  return tokens.flatMap((token, i) => {
    const open = tokens[i + 1]
    if (token.kind !== 'word' || token.text !== 'check' || open?.text !== '(') return []
    const inside = insideParentheses(tokens, i + 1)
    const expression = statement.slice(open.end, inside.end).trim()
    const named = tokens[i - 2]?.text === 'constraint' ? tokens[i - 1]?.text : undefined
    const words = new Set(
      inside.tokens.filter((one) => one.kind !== 'literal').map((one) => one.text.toLowerCase()),
    )
    const touched = fields.filter((field) => words.has(field.toLowerCase()))
    return [{ name: named ?? expression, expression, fields: touched }]
  })
}

/** The values that a plain `field in ('a', 'b')` allows; null for any other expression. */
export function allowedValues(expression: string): readonly string[] | null {
  const tokens = tokensOf(expression)
  const [field, operator, open, ...rest] = tokens
  const items = rest.slice(0, -1)
  const isList =
    (field?.kind === 'word' || field?.kind === 'name') &&
    operator?.text === 'in' &&
    open?.text === '(' &&
    rest.at(-1)?.text === ')' &&
    items.every((item, i) => (i % 2 === 0 ? item.kind === 'literal' : item.text === ','))
  return isList && items.length % 2 === 1
    ? items.filter((_, i) => i % 2 === 0).map((item) => item.text)
    : null
}

function insideParentheses(
  tokens: readonly Token[],
  open: number,
): { readonly tokens: readonly Token[]; readonly end: number } {
  let depth = 0
  for (let i = open; i < tokens.length; i++) {
    const token = tokens[i]
    if (token?.kind !== 'sign') continue
    if (token.text === '(') depth++
    if (token.text === ')' && --depth === 0) return { tokens: tokens.slice(open + 1, i), end: token.start }
  }
  return { tokens: tokens.slice(open + 1), end: tokens.at(-1)?.end ?? 0 }
}

function tokensOf(statement: string): readonly Token[] {
  return [...statement.matchAll(scanner)].flatMap((match): Token[] => {
    const { literal, name, word, number, sign } = match.groups ?? {}
    const place = { start: match.index, end: match.index + match[0].length }
    if (literal !== undefined)
      return [{ kind: 'literal', text: unquoted(literal.replace(/^x/i, '')), ...place }]
    if (name !== undefined) return [{ kind: 'name', text: unquoted(name), ...place }]
    if (word !== undefined) return [{ kind: 'word', text: word.toLowerCase(), ...place }]
    if (number !== undefined) return [{ kind: 'literal', text: number, ...place }]
    return sign === undefined ? [] : [{ kind: 'sign', text: sign, ...place }]
  })
}

function unquoted(text: string): string {
  const quote = text[0] ?? ''
  const inner = text.slice(1, -1)
  return quote === '[' ? inner : inner.replaceAll(quote + quote, quote)
}
