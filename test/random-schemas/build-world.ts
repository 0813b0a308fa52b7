import { addColumn, addField, asTable, type Draft, onDeleteOf, startDraft } from './draft.ts'
import { fillRows } from './fill-rows.ts'
import { makePeople } from './people.ts'
import type { KeepSketch, PersonTableSketch, RefSketch, SelfSketch, Sketch, TableSketch } from './sketch.ts'
import { columnOf, type Keep, type Link, type World } from './world.ts'

/** The world that a sketch stands for; the same sketch and tag make the same world. */
export function buildWorld(sketch: Sketch, tag: string): World {
  const people = makePeople(sketch.people, tag)
  const drafts: Draft[] = [personTable('person', sketch.person)]
  if (sketch.member) drafts.push(personTable('member', sketch.member))
  for (const [i, table] of sketch.tables.slice(0, 12 - drafts.length).entries())
    addTable(drafts, `t${i}`, table)
  const rules = Object.assign({}, ...drafts.map((draft) => draft.rules)) as World['rules']
  const rows = fillRows(drafts, sketch.rows, people)
  const ways = ['email', 'email', 'email', 'number', 'alias'] as const
  const asked = sketch.asked.map(({ person, by }) => ({
    person: person % people.length,
    by: ways[by % ways.length] ?? 'email',
  }))
  const distinct = asked.filter(({ person }, i) => asked.findIndex((one) => one.person === person) === i)
  for (const draft of drafts) dropLinksIntoTheDark(draft, drafts)
  return { tables: drafts.map(asTable), rules, rows, people, asked: distinct }
}

/** A map knows no link to a table it does not know, and so no party: an address of theirs would be taken for the owner's. */
function dropLinksIntoTheDark(draft: Draft, drafts: readonly Draft[]): void {
  const isDark = ({ to }: Link) => !drafts.some(({ name, isMapped }) => name === to && isMapped)
  for (const column of draft.links.filter(isDark).flatMap(({ clears = [] }) => clears))
    if (draft.fields[column]?.identifier) delete draft.fields[column]
  draft.links.splice(0, draft.links.length, ...draft.links.filter((link) => !isDark(link)))
}

function personTable(name: string, sketch: PersonTableSketch): Draft {
  const draft = startDraft(name, sketch.rows, true)
  addKey(draft, sketch.key)
  addIdentifier(draft, 'email', 'email', {
    isNullable: sketch.email > 0,
    isUnique: sketch.email < 2,
    slot: 0,
  })
  if (sketch.number > 0)
    addIdentifier(draft, 'number', 'number', {
      isNullable: sketch.number === 1,
      isUnique: sketch.number < 3,
      slot: 1,
    })
  if (sketch.phone > 0) addIdentifier(draft, 'phone', 'phone', { isNullable: true, isUnique: false, slot: 2 })
  const names = ([['first', 'last'], ['first', 'last'], ['full'], []] as const)[sketch.names % 4] ?? []
  for (const part of names) {
    const column = `${part}_name`
    addColumn(draft, column, {
      type: 'text',
      nullable: sketch.names !== 1,
      maxLength: sketch.names === 1 ? 12 : null,
    })
    if (sketch.names === 1) draft.checks.push(`length(${column}) > 1`)
    draft.fields[column] = { category: 'person-name' }
    draft.fills.push({ by: 'name', column, part })
  }
  for (const [i, field] of sketch.fields.entries()) addField(draft, field, 3 + i, false)
  if (sketch.self) addSelf(draft, sketch.self)
  return draft
}

/** 0: a number; 1: two numbers; 2: none; 3: a number in a table that is its own index. */
function addKey(draft: Draft, choice: number): void {
  if (choice === 2) return
  draft.key = choice === 1 ? ['site', 'id'] : ['id']
  draft.withoutRowid = choice === 3
  for (const column of draft.key) addColumn(draft, column, { type: 'integer' })
  draft.fills.push({ by: 'key', columns: draft.key })
}

function addIdentifier(
  draft: Draft,
  column: string,
  of: 'email' | 'alias' | 'number' | 'phone',
  { isNullable, isUnique, slot }: { isNullable: boolean; isUnique: boolean; slot: number },
): void {
  addColumn(draft, column, { type: 'text', nullable: isNullable })
  if (isUnique) draft.uniques.push([column])
  const kind = of === 'alias' ? 'email' : of
  draft.fields[column] = { category: kind === 'number' ? 'customer-number' : kind, identifier: kind }
  draft.fills.push({ by: 'identifier', column, of, slot })
}

function addTable(drafts: Draft[], name: string, sketch: TableSketch): void {
  const draft = startDraft(name, sketch.rows, sketch.isMapped < 7)
  const hasWeakKey = sketch.key === 4 && sketch.refs.length > 0
  const isPairing = sketch.key === 5 && sketch.refs.length > 1
  if (!hasWeakKey && !isPairing) addKey(draft, sketch.key % 4)
  const made = sketch.refs.map((ref, slot) => {
    const isPart = (hasWeakKey && slot === 0) || (isPairing && slot < 2)
    return addReference(drafts, draft, ref, slot, isPart)
  })
  if (hasWeakKey) {
    addColumn(draft, 'line', { type: 'integer' })
    draft.fills.push({ by: 'line', column: 'line' })
    draft.key = [...(made[0] ?? []), 'line']
  }
  if (isPairing) draft.key = made.slice(0, 2).flat()
  addIdentifiers(draft, sketch)
  const fields = sketch.fields.map((field, i) => addField(draft, field, i, false))
  if (sketch.pair === 3) addPair(draft, fields)
  for (const [slot, ref] of sketch.refs.entries()) addLink(draft, ref, slot, made[slot] ?? [])
  if (sketch.self) addSelf(draft, sketch.self)
  if (sketch.cycle) addCycle(drafts, draft, sketch.cycle)
  if (sketch.up) addUpward(drafts, draft, sketch.up, sketch.refs.length > 0)
  if (sketch.keep && draft.isMapped) addKeep(drafts, draft, sketch.keep)
  drafts.push(draft)
}

/** One of two fields must be filled: neither can be emptied alone. */
function addPair(draft: Draft, fields: readonly string[]): void {
  const [one, other] = fields.filter((name) => {
    const column = draft.columns.find((candidate) => candidate.name === name)
    return column?.nullable === true && column.type === 'text' && column.values === null
  })
  if (one === undefined || other === undefined) return
  draft.checks.push(`${one} is not null or ${other} is not null`)
  const place = draft.fills.findIndex((fill) => fill.by === 'field' && fill.column === one)
  const fill = draft.fills[place]
  if (fill?.by === 'field') draft.fills[place] = { ...fill, isFilled: true }
}

function addIdentifiers(draft: Draft, sketch: TableSketch): void {
  const of = ([null, null, null, null, null, 'email', 'number', 'phone'] as const)[sketch.identifiers % 8]
  if (!of) return
  const isChild = sketch.refs.some((ref) => ref.role < 4)
  // Beside a link to an owner it is another address of the same person.
  addIdentifier(draft, of, of === 'email' && isChild ? 'alias' : of, {
    isNullable: true,
    isUnique: false,
    slot: 4,
  })
}

/** Columns of `draft` that hold the key, or the customer number, of an earlier table; their names. */
function addReference(
  drafts: readonly Draft[],
  draft: Draft,
  ref: RefSketch,
  slot: number,
  isPart: boolean,
): readonly string[] {
  const target = targetOf(drafts, ref)
  const byNumber = ref.byNumber === 5 && isRequired(target, 'number')
  const toColumns = byNumber ? ['number'] : target.key
  const columns = toColumns.map((column) => `r${slot}_${target.name}_${column}`)
  for (const [i, column] of columns.entries()) {
    const { type } = columnOf(target, toColumns[i] ?? '')
    // With 2, a reference of several fields has only one that can be emptied.
    const nullable = !isPart && (ref.isNullable === 1 || (ref.isNullable === 2 && i === 0))
    addColumn(draft, column, { type, nullable })
    if (ref.isCategorised === 3 && !byNumber) draft.fields[column] = { category: 'generic-id' }
    if (ref.isCategorised >= 2 && byNumber) draft.fields[column] = { category: 'customer-number' }
  }
  const isKey =
    toColumns === target.key || target.uniques.some((unique) => unique.join() === toColumns.join())
  if (ref.isDeclared < 3 && isKey)
    draft.references.push({
      columns,
      to: target.name,
      toColumns,
      onDelete: onDeleteOf(ref.onDelete),
      deferrable: ref.isDeferrable === 1,
    })
  draft.fills.push({ by: 'reference', columns, to: target.name, toColumns, slot })
  return columns
}

/** The earlier table of that number that rows can be told apart in; the first of all has a key when none has. */
function targetOf(drafts: readonly Draft[], { to }: { readonly to: number }): Draft {
  const keyed = drafts.filter(({ key }) => key.length > 0)
  const target = keyed[to % Math.max(1, keyed.length)]
  if (target) return target
  const [first] = drafts
  if (!first) throw new Error('a world begins with its people')
  addKey(first, 0)
  return first
}

const isRequired = (draft: Draft, name: string): boolean =>
  draft.columns.some((column) => column.name === name && !column.nullable)

function addLink(draft: Draft, ref: RefSketch, slot: number, columns: readonly string[]): void {
  const fill = draft.fills.find((one) => one.by === 'reference' && one.columns === columns)
  if (fill?.by !== 'reference') return
  const on = Object.fromEntries(columns.map((column, i) => [column, fill.toColumns[i] ?? '']))
  const { to } = fill
  if (ref.role < 4) draft.links.push({ to, on, role: 'owner' })
  else if (ref.role === 4) {
    const texts = draft.fills.flatMap((one) => (one.by === 'field' ? [one.column] : []))
    // A map that clears for one what it keeps for all is refused.
    const clears = texts.filter(
      (column, i) => ref.clears & (1 << i) && draft.fields[column]?.erase !== 'keep',
    )
    if (ref.clears >= 4) {
      const column = `r${slot}_email`
      addColumn(draft, column, { type: 'text', nullable: true })
      draft.fields[column] = { category: 'email', identifier: 'email' }
      draft.fills.push({ by: 'party', column, reference: columns })
      clears.push(column)
    }
    draft.links.push({ to, on, role: 'party', clears })
  } else draft.links.push({ to, on, role: 'none', why: 'a colleague at work' })
}

function addSelf(draft: Draft, self: SelfSketch): void {
  if (draft.key.length === 0) return
  const columns = draft.key.map((column) => `self_${column}`)
  for (const [i, column] of columns.entries()) {
    const { type } = columnOf(draft, draft.key[i] ?? '')
    addColumn(draft, column, { type, nullable: self.isNullable < 2 })
  }
  const reference = { columns, to: draft.name, toColumns: draft.key }
  draft.references.push({
    ...reference,
    onDelete: onDeleteOf(self.onDelete),
    deferrable: self.isDeferrable === 1,
  })
  draft.fills.push({ by: 'reference', ...reference, slot: 3 })
  const on = Object.fromEntries(columns.map((column, i) => [column, draft.key[i] ?? '']))
  if (self.role === 1 && draft.name !== 'person' && draft.name !== 'member')
    draft.links.push({ to: draft.name, on, role: 'owner' })
  if (self.role === 2)
    draft.links.push({ to: draft.name, on, role: 'none', why: 'an answer is its author’s' })
}

/** The table a row hangs on points back at one of them: a cycle, cut where it can be emptied. */
function addCycle(drafts: readonly Draft[], draft: Draft, cycle: SelfSketch): void {
  const [first] = draft.references
  const target = drafts.find(({ name }) => name === first?.to)
  if (target && draft.key.length > 0)
    pointAt(target, draft, 'main', { ...cycle, isNullable: 1, isDeclared: 0 })
}

/** Rows that others point at belong to those: a household to its members. */
function addUpward(drafts: readonly Draft[], draft: Draft, up: RefSketch, hangsOn: boolean): void {
  if (draft.key.length === 0) return
  const target = drafts[up.to % drafts.length]
  if (!target) return
  const columns = pointAt(target, draft, 'up', { ...up, isNullable: hangsOn ? 1 : up.isNullable })
  const on = Object.fromEntries(draft.key.map((column, i) => [column, columns[i] ?? '']))
  draft.links.push({ to: target.name, on, role: 'owner' })
}

function pointAt(
  from: Draft,
  to: Draft,
  prefix: string,
  sketch: Pick<RefSketch, 'isNullable' | 'onDelete' | 'isDeferrable' | 'isDeclared'>,
): readonly string[] {
  const columns = to.key.map((column) => `${prefix}_${to.name}_${column}`)
  for (const [i, column] of columns.entries()) {
    const { type } = columnOf(to, to.key[i] ?? '')
    addColumn(from, column, { type, nullable: sketch.isNullable > 0 })
  }
  const reference = { columns, to: to.name, toColumns: to.key }
  if (sketch.isDeclared < 3)
    from.references.push({
      ...reference,
      onDelete: onDeleteOf(sketch.onDelete),
      deferrable: sketch.isDeferrable === 1,
    })
  from.fills.push({ by: 'reference', ...reference, slot: 4 })
  return columns
}

const days = [null, '2012-03-01', '2016-06-14', '2016-06-15', '2024-02-29', '2026-06-01', '2025-12-31']

/** A ground for some rows of the table, by a date, by a condition, or by both. */
function addKeep(drafts: readonly Draft[], draft: Draft, sketch: KeepSketch): void {
  const rule = `rule-of-${draft.name}`
  const kept = Object.keys(draft.fields).filter((_, i) => sketch.fields & (1 << (i % 4)))
  const withYears = sketch.kind !== 1
  if (withYears) {
    const isText = sketch.from === 2
    addColumn(draft, 'issued_on', { type: isText ? 'text' : 'date', nullable: true })
    const values = isText ? [...days, '03/15/2020'] : days
    draft.fills.push({ by: 'choice', column: 'issued_on', values, slot: 5 })
  }
  // Without a key, a row nobody can decide on cannot be told from one whose ground has ended.
  const unknown = draft.key.length > 0 ? [null] : []
  const condition = sketch.kind === 0 ? null : addCondition(draft, sketch.while, kept, unknown)
  draft.rules[rule] = {
    years: withYears ? ([10, 3, 1][sketch.years] ?? 10) : null,
    roundTo: sketch.roundTo === 1 ? 'end-of-year' : 'exact',
    while: condition,
  }
  const keep: Keep = {
    rule,
    ...(withYears && { from: 'issued_on' }),
    fields: kept,
    also: alsoOf(drafts, draft, sketch.also),
  }
  draft.keep.push(keep)
}

function addCondition(draft: Draft, choice: number, kept: string[], unknown: readonly null[]) {
  if (choice === 0) {
    addColumn(draft, 'open', { type: 'integer', nullable: true })
    draft.fills.push({ by: 'choice', column: 'open', values: ['1', '0', ...unknown], slot: 4 })
    return { column: 'open', value: '1', over: '0' }
  }
  if (choice === 1) {
    addColumn(draft, 'paid_on', { type: 'date', nullable: true })
    draft.fills.push({ by: 'choice', column: 'paid_on', values: [null, '2026-06-01'], slot: 4 })
    return { column: 'paid_on', value: null, over: '2026-06-01' }
  }
  // What the rule looks at is personal itself, so it must be among what the rule keeps.
  addColumn(draft, 'status', { type: 'text', nullable: true })
  draft.fields['status'] = { category: 'free-text' }
  draft.fills.push({ by: 'choice', column: 'status', values: ['open', 'closed', ...unknown], slot: 4 })
  kept.push('status')
  return { column: 'status', value: 'open', over: 'closed' }
}

/** Some fields of the rows that the kept ones hang on. */
function alsoOf(drafts: readonly Draft[], draft: Draft, choice: number): Keep['also'] {
  const above = draft.links
    .filter(({ role, to }) => role === 'owner' && to !== draft.name)
    .map(({ to }) => to)
  const entries = [...new Set(above)].flatMap((name) => {
    const target = drafts.find((one) => one.name === name)
    const fields = Object.keys(target?.fields ?? {}).filter((_, i) => choice & (1 << (i % 4)))
    return target?.isMapped && fields.length > 0 ? [[name, fields] as const] : []
  })
  return Object.fromEntries(entries)
}
