/**
 * What hangs on a cell and holds its content, taken out of parts that were read from end to end and found well-formed.
 */

const value = `(?:"[^"]*"|'[^']*')`
const attributes = `(?:\\s+[\\w:.-]+\\s*=\\s*${value})*\\s*`
const empty = (name: string) =>
  `<(?:[\\w.-]+:)?${name}(${attributes})(?:/>|>\\s*</(?:[\\w.-]+:)?${name}\\s*>)`

const attributeOf = (written: string, name: string): string | undefined =>
  new RegExp(`\\s(?:[\\w.-]+:)?${name}\\s*=\\s*(${value})`).exec(written)?.[1]?.slice(1, -1)

/** Whether a reference (`B5`, `B5:C6`) begins at an erased cell. */
export type IsErasedAt = (reference: string) => boolean

/** Takes the links of erased cells out of what follows a sheet's rows; says which relations only they led to. */
export function withoutLinks(
  tail: string,
  isErased: IsErasedAt,
): { readonly text: string; readonly orphans: ReadonlySet<string> } {
  const [gone, kept] = [new Set<string>(), new Set<string>()]
  const link = new RegExp(empty('hyperlink'), 'g')
  const text = tail.replace(link, (whole, written: string) => {
    const isGone = isErased(attributeOf(written, 'ref') ?? '')
    const relation = attributeOf(written, 'id')
    if (relation !== undefined) (isGone ? gone : kept).add(relation)
    return isGone ? '' : whole
  })
  if (text === tail) return { text, orphans: new Set() }
  // Excel takes a list of links without a link for damage.
  const unlisted = /<((?:[\w.-]+:)?)hyperlinks\s*>\s*<\/\1hyperlinks\s*>/
  return { text: text.replace(unlisted, ''), orphans: gone.difference(kept) }
}

export const withoutRelations = (text: string, ids: ReadonlySet<string>): string =>
  text.replace(new RegExp(empty('Relationship'), 'g'), (whole, written: string) =>
    ids.has(attributeOf(written, 'Id') ?? '') ? '' : whole,
  )

/** Empties the comments on erased cells. They stay as empty notes, for a drawing of each stands in another part. */
export const withoutComments = (text: string, isErased: IsErasedAt): string =>
  text.replace(
    new RegExp(`(<((?:[\\w.-]+:)?(?:comment|threadedComment))(${attributes})>)([\\s\\S]*?)(</\\2\\s*>)`, 'g'),
    (whole, open: string, _name, written: string, content: string, close: string) =>
      isErased(attributeOf(written, 'ref') ?? '') ? open + withoutTexts(content) + close : whole,
  )

const withoutTexts = (content: string): string =>
  content.replace(/<((?:[\w.-]+:)?)text(?:\s[^>]*)?>[\s\S]*?<\/\1text\s*>/g, '<$1text/>')

/** The order of cells to compute names cells that have no formula any more: Excel makes a new one. */
export const withoutRelationOfKind = (text: string, kind: string): string =>
  text.replace(new RegExp(empty('Relationship'), 'g'), (whole, written: string) =>
    attributeOf(written, 'Type')?.endsWith(`/${kind}`) ? '' : whole,
  )

export const withoutContentType = (text: string, part: string): string =>
  text.replace(new RegExp(empty('Override'), 'g'), (whole, written: string) =>
    attributeOf(written, 'PartName')?.toLowerCase() === `/${part.toLowerCase()}` ? '' : whole,
  )

/** Lets Excel compute all formulas when it opens the workbook. */
export function computedOnLoad(text: string): string {
  const known = new RegExp(`<((?:[\\w.-]+:)?calcPr)(${attributes})(/?>)`).exec(text)
  if (known) {
    const [whole, name = '', written = '', end = ''] = known
    const others = written.replace(new RegExp(`\\s+fullCalcOnLoad\\s*=\\s*${value}`), '').trimEnd()
    return text.replace(whole, () => `<${name}${others} fullCalcOnLoad="1"${end}`)
  }
  // The schema has it right behind the first of these that is there.
  for (const before of ['definedNames', 'externalReferences', 'functionGroups', 'sheets']) {
    const end = new RegExp(`</((?:[\\w.-]+:)?)${before}\\s*>`).exec(text)
    if (end) return text.replace(end[0], () => `${end[0]}<${end[1] ?? ''}calcPr fullCalcOnLoad="1"/>`)
  }
  return text
}

/** A chart keeps what it draws; Excel takes it from the cells again. */
export const withoutCopies = (text: string, isCopy: (copy: string) => boolean): string =>
  text.replace(/<((?:[\w.-]+:)?v)>([\s\S]*?)<\/\1\s*>/g, (whole, name: string, written: string) =>
    isCopy(withoutEntities(written)) ? `<${name}></${name}>` : whole,
  )

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const withoutEntities = (written: string): string =>
  written
    .replace(/<!\[CDATA\[|\]\]>/g, '')
    .replace(
      /&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g,
      (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return named[name] ?? whole
        const code = Number.parseInt(decimal ?? hex ?? '0', decimal === undefined ? 16 : 10)
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole
      },
    )
