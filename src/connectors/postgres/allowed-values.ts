const literal = "'(?:[^']|'')*'"
const part = String.raw`(?:"[^"]+"|[\w ]+)`
const cast = String.raw`(?:::${part}(?:\.${part})*(?:\(\d+\))?(?:\[\])?)?`
const item = String.raw`\(?${literal}${cast}\)?${cast}`
const subject = String.raw`\(*(?:"(?:[^"]|"")+"|[\w$]+)\)*${cast}\)*`
const list = new RegExp(
  String.raw`^CHECK \(\(*${subject} = ANY \(+ARRAY\[(${item}(?:, ${item})*)\]\)*${cast}\)*(?: NOT VALID)?$`,
)
const single = new RegExp(String.raw`^CHECK \(\(*${subject} = (${item})\)*(?: NOT VALID)?$`)

/** The values that a one-field CHECK … IN (…) allows, from the way PostgreSQL prints it; null for any other check. */
export function allowedValues(definition: string): readonly string[] | null {
  const found = list.exec(definition) ?? single.exec(definition)
  if (!found) return null
  return [...(found[1] ?? '').matchAll(new RegExp(literal, 'g'))].map(([text]) =>
    text.slice(1, -1).replaceAll("''", "'"),
  )
}
