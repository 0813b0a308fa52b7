/** A statement and its values. Values never reach the text; fragments nest; identifiers are quoted. */
export interface Sql {
  readonly parts: readonly string[]
  readonly values: readonly unknown[]
}

type Embedded = Sql | Identifier | unknown

interface Identifier {
  readonly quoted: string
}

const isSql = (value: unknown): value is Sql =>
  typeof value === 'object' && value !== null && 'parts' in value && 'values' in value

const isIdentifier = (value: unknown): value is Identifier =>
  typeof value === 'object' && value !== null && 'quoted' in value

/** Plain SQL with parameters: sql`select a.id from app.thing a where a.id = ${id}`. */
export function sql(strings: TemplateStringsArray, ...embedded: readonly Embedded[]): Sql {
  const parts: string[] = [strings[0] ?? '']
  const values: unknown[] = []
  const append = (text: string) => {
    parts[parts.length - 1] += text
  }
  for (const [i, value] of embedded.entries()) {
    if (isSql(value)) {
      append(value.parts[0] ?? '')
      for (const [j, inner] of value.values.entries()) {
        values.push(inner)
        parts.push(value.parts[j + 1] ?? '')
      }
    } else if (isIdentifier(value)) {
      append(value.quoted)
    } else {
      values.push(value)
      parts.push('')
    }
    append(strings[i + 1] ?? '')
  }
  return { parts, values }
}

/** A quoted PostgreSQL identifier; dots in a name stay part of the name. */
export const name = (...path: readonly string[]): Identifier => ({
  quoted: path.map((part) => `"${part.replaceAll('"', '""')}"`).join('.'),
})

/** Text that is part of the program, never of its input. */
export const raw = (text: string): Sql => ({ parts: [text], values: [] })

export function join(fragments: readonly Sql[], separator = ', '): Sql {
  return fragments.reduce(
    (all, fragment, i) => (i === 0 ? fragment : sql`${all}${raw(separator)}${fragment}`),
    raw(''),
  )
}

/** The statement as node-postgres takes it. */
export const toQuery = (statement: Sql): { text: string; values: unknown[] } => ({
  text: statement.parts.reduce((text, part, i) => (i === 0 ? part : `${text}$${i}${part}`), ''),
  values: [...statement.values],
})
