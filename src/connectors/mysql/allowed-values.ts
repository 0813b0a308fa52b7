/** The values of an ENUM, from its type as the target writes it. */
export const listedValues = (type: string): readonly string[] => literalsIn(type)

/**
 * The values that a one-field CHECK … IN (…) allows, from the ways MariaDB (`` `a` in ('x','y') ``) and MySQL
 * (``(`a` in (_utf8mb4\'x\',_utf8mb4\'y\'))``) print it; null for any other check.
 */
export function allowedValues(expression: string): readonly string[] | null {
  const written = /_\w+\\'/.test(expression) ? unescaped(expression) : expression
  const [, list] = among.exec(written) ?? single.exec(written) ?? []
  return list === undefined ? null : literalsIn(list)
}

const literal = String.raw`(?:_\w+\s?)?'(?:[^'\\]|''|\\.)*'`
const field = '`(?:[^`]|``)+`'
const among = new RegExp(String.raw`^\(?${field} in \((${literal}(?:,\s?${literal})*)\)\)?$`, 's')
const single = new RegExp(String.raw`^\(?${field} = (${literal})\)?$`, 's')

const literalsIn = (text: string): readonly string[] =>
  [...text.matchAll(/'((?:[^'\\]|''|\\.)*)'/gs)].map(([, inner = '']) =>
    inner.replace(/''|\\(.)/gs, (all, escaped: string | undefined) =>
      all === "''" ? "'" : (special[escaped ?? ''] ?? escaped ?? ''),
    ),
  )

const special: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0', Z: '\x1a' }

/** MySQL keeps a check's expression escaped once more. */
const unescaped = (text: string): string => text.replace(/\\(.)/gs, '$1')
