import type { CollectionDescription, FieldDescription, FieldKind } from '../connectors/public.ts'
import { bareName } from './classify/collection-kind.ts'
import { foldText } from './classify/fold-text.ts'
import { wordsOf } from './classify/name-words.ts'
import type { Category, KeepMap, Rule } from './data-map.ts'
import type { MapNote } from './merge-maps.ts'
import { type Draft, type DraftLink, fieldsOfCategory, otherPerson } from './propose-draft.ts'
import { nameWords, type StarterName, starterRule, statusValues } from './starter-rules/starter-rule.ts'

export interface ProposedKeep {
  readonly from: string
  readonly keep: KeepMap
}

export interface ProposedKeeps {
  readonly keeps: readonly ProposedKeep[]
  readonly rules: Readonly<Record<string, Rule>>
  readonly notes: readonly Omit<MapNote, 'system'>[]
}

export interface Keeping {
  readonly drafts: readonly Draft[]
  readonly links: readonly DraftLink[]
  readonly identities: ReadonlySet<string>
  readonly reaching: ReadonlySet<string>
  readonly country: string | undefined
  /** Rules that other systems brought: a rule with the same text is shared. */
  readonly rules: Readonly<Record<string, Rule>>
}

/** What an invoice must show of its customer (Directive 2006/112/EC, art. 226), and what a claim needs. */
const onInvoice: ReadonlySet<Category> = new Set([
  'person-name',
  'postal-address',
  'postcode',
  'city',
  'country',
  'organisation',
  'tax-id',
  'customer-number',
  'financial',
  'purchase',
])
/** What carries on a contract: how to deliver, charge and be reached, and nothing that was only said or seen. */
const forContract: ReadonlySet<Category> = new Set([...onInvoice, 'email', 'phone', 'bank-account'])
const ofOwnerForContract: readonly Category[] = [
  'person-name',
  'email',
  'postal-address',
  'postcode',
  'city',
  'country',
]
const moments: ReadonlySet<FieldKind> = new Set(['date', 'timestamp'])

/** Grounds to keep rows of a system, from the starter rules of the company's country (rulebook §9, ERA-02, ERA-03). */
export function proposeKeep(keeping: Keeping): ProposedKeeps {
  const keeps: ProposedKeep[] = []
  const notes: Omit<MapNote, 'system'>[] = []
  const rules: Record<string, Rule> = {}
  const known = () => ({ ...keeping.rules, ...rules })
  const rule = (name: StarterName, draft: Draft, condition?: string): string | null => {
    const starter = starterRule(name, keeping.country)
    if (starter === null) return null
    const wanted: Rule = condition === undefined ? starter.rule : { ...starter.rule, while: condition }
    const label = ruleName(name, wanted, draft, known())
    if (known()[label] === undefined && starter.needsLegalReview)
      notes.push({
        code: starter.ofCountry ? 'note-rule-review' : 'note-rule-unknown-country',
        params: { rule: label, years: wanted.years ?? 0, country: keeping.country ?? '?' },
      })
    rules[label] = wanted
    return label
  }
  for (const draft of keeping.drafts) {
    if (!keeping.reaching.has(draft.name)) continue
    if (isInvoice(draft)) keeps.push(...invoiceKeeps(keeping, draft, rule, notes))
    else if (isContract(draft)) keeps.push(...contractKeeps(keeping, draft, rule))
  }
  return { keeps, rules, notes }
}

type MakeRule = (name: StarterName, draft: Draft, condition?: string) => string | null

function invoiceKeeps(
  keeping: Keeping,
  draft: Draft,
  rule: MakeRule,
  notes: Omit<MapNote, 'system'>[],
): readonly ProposedKeep[] {
  const from = invoiceDate(draft)
  if (from === undefined) {
    notes.push({ collection: draft.name, code: 'note-keep-no-date', params: {} })
    return []
  }
  const condition = unpaidCondition(draft)
  const names = fieldsOfCategory(draft, 'person-name')
  const also = names.length > 0 ? {} : ofOwner(keeping, draft, ['person-name'])
  if (fieldsOfCategory(draft, 'postal-address').length === 0)
    notes.push({ collection: draft.name, code: 'note-keep-no-address', params: {} })
  const needed = (more: readonly string[]) => fieldsFor(draft, onInvoice, more)
  const keeps: ProposedKeep[] = []
  const accounting = rule('accounting', draft)
  if (accounting !== null)
    keeps.push({
      from: draft.name,
      keep: { rule: accounting, from: from.name, fields: needed([from.name]), ...also },
    })
  const unpaid = condition === null ? null : rule('unpaid', draft, condition.text)
  if (unpaid !== null && condition !== null)
    keeps.push({
      from: draft.name,
      keep: { rule: unpaid, fields: needed([from.name, condition.field]), ...also },
    })
  return keeps
}

function contractKeeps(keeping: Keeping, draft: Draft, rule: MakeRule): readonly ProposedKeep[] {
  const condition = runningCondition(draft)
  const running = condition === null ? null : rule('running', draft, condition.text)
  if (condition === null || running === null) return []
  const fields = fieldsFor(draft, forContract, [condition.field])
  return [
    { from: draft.name, keep: { rule: running, fields, ...ofOwner(keeping, draft, ofOwnerForContract) } },
  ]
}

/** `invoices` and `KundenRechnung`, not `invoice_line` or `invoice_status`. */
const isInvoice = (draft: Draft): boolean =>
  isNamed(draft, nameWords.invoice) && draft.description.fields.some(isAmount)

const isContract = (draft: Draft): boolean => isNamed(draft, nameWords.contract)

function isNamed({ name }: Draft, words: ReadonlySet<string>): boolean {
  const own = wordsOf(bareName(name))
  const runs = own.flatMap((word, i) => [word, own.slice(i, i + 2).join(' ')])
  return runs.some((run) => words.has(run)) && !own.some((word) => nameWords.part.has(word))
}

const isAmount = ({ kind, name }: FieldDescription): boolean =>
  kind === 'decimal' ||
  ((kind === 'integer' || kind === 'text') && wordsOf(name).some((word) => nameWords.amount.has(word)))

/** The field years are counted from: named as the invoice's date, else any date that is not a due date or the like. */
function invoiceDate({ description }: Draft): FieldDescription | undefined {
  const dates = description.fields.filter(
    ({ kind, name }) => moments.has(kind) || (kind === 'text' && isNamedDate(name)),
  )
  const plain = dates.filter(({ name }) => !wordsOf(name).some((word) => nameWords.otherDate.has(word)))
  return (
    plain.find(({ name }) => nameWords.invoiceDate.has(wordsOf(name).join(' '))) ??
    plain.find(({ name }) => isNamedDate(name)) ??
    plain.find(({ kind }) => kind === 'date')
  )
}

const isNamedDate = (name: string): boolean => wordsOf(name).some((word) => nameWords.anyDate.has(word))

interface Found {
  readonly field: string
  readonly text: string
}

function unpaidCondition({ description }: Draft): Found | null {
  const moment = named(description, nameWords.paidMoment).find(
    ({ kind, nullable }) => moments.has(kind) && nullable,
  )
  if (moment !== undefined) return { field: moment.name, text: `${quoted(moment.name)} is null` }
  const flag = named(description, nameWords.paidFlag).find(({ kind }) => kind === 'boolean')
  if (flag !== undefined) return { field: flag.name, text: `${quoted(flag.name)} = false` }
  return statusCondition(named(description, nameWords.status), statusValues.unpaid)
}

function runningCondition({ description }: Draft): Found | null {
  const status = named(description, nameWords.status)
  const known = statusCondition(
    status.filter(({ values }) => values !== null),
    statusValues.running,
  )
  if (known !== null) return known
  const end = named(description, nameWords.endMoment).find(
    ({ kind, nullable }) => moments.has(kind) && nullable,
  )
  if (end !== undefined)
    return { field: end.name, text: `${quoted(end.name)} is null or ${quoted(end.name)} >= today` }
  return statusCondition(status, ['active'])
}

const named = ({ fields }: CollectionDescription, words: ReadonlySet<string>): readonly FieldDescription[] =>
  fields.filter(({ name }) => words.has(wordsOf(name).join(' ')))

/** The values the field allows, of those that say so; where it allows any, the commonest. */
function statusCondition(fields: readonly FieldDescription[], values: readonly string[]): Found | null {
  const [field] = fields.filter(({ kind }) => kind === 'text' || kind === 'enum')
  if (field === undefined) return null
  const fitting =
    field.values === null
      ? values.slice(0, mostGuessed)
      : field.values.filter((value) => values.includes(foldText(value)))
  if (fitting.length === 0) return null
  const list = fitting.map((value) => `'${value.replaceAll("'", "''")}'`)
  return {
    field: field.name,
    text:
      list.length === 1
        ? `${quoted(field.name)} = ${list[0]}`
        : `${quoted(field.name)} in (${list.join(', ')})`,
  }
}

const mostGuessed = 6
const reserved = new Set(['and', 'or', 'not', 'in', 'is', 'null', 'true', 'false', 'today'])

/** A field as the language of conditions writes it. */
const quoted = (field: string): string =>
  /^[\p{L}_$][\p{L}\p{M}\p{N}_$]*$/u.test(field) && !reserved.has(field.toLowerCase())
    ? field
    : `"${field.replaceAll('"', '""')}"`

/** What must stay of a row, in the description's order; a shipping address is not part of an invoice. */
function fieldsFor(
  draft: Draft,
  categories: ReadonlySet<Category>,
  more: readonly string[],
): readonly string[] {
  return draft.description.fields
    .map(({ name }) => name)
    .filter((name) => {
      const category = draft.accepted.get(name)?.category
      const shipping = wordsOf(name).some((word) => nameWords.shippingPrefix.has(word))
      return (
        more.includes(name) ||
        (category !== undefined && categories.has(category) && !(shipping && categories === onInvoice))
      )
    })
}

/** The fields of the person's own row that must stay as long: along owner links, the first people found. */
function ofOwner(
  { drafts, links, identities }: Keeping,
  draft: Draft,
  categories: readonly Category[],
): { readonly also?: Readonly<Record<string, readonly string[]>> } {
  const seen = new Set([draft.name])
  for (const name of seen) {
    const owner =
      name !== draft.name && identities.has(name) ? drafts.find((one) => one.name === name) : undefined
    if (owner !== undefined) {
      const fields = owner.description.fields.filter(({ name: field, generated }) => {
        const proposal = owner.accepted.get(field)
        return (
          proposal !== undefined &&
          !generated &&
          categories.includes(proposal.category) &&
          otherPerson(proposal) === null
        )
      })
      return fields.length === 0 ? {} : { also: { [owner.name]: fields.map((field) => field.name) } }
    }
    for (const { from, link } of links) if (from === name && link.role === 'owner') seen.add(link.to)
  }
  return {}
}

/** `unpaid`, and `unpaid-bill` where another collection's condition reads differently. */
function ruleName(
  name: StarterName,
  rule: Rule,
  draft: Draft,
  known: Readonly<Record<string, Rule>>,
): string {
  const text = JSON.stringify(rule)
  const same = Object.entries(known).find(
    ([label, one]) => label.startsWith(name) && JSON.stringify(one) === text,
  )
  if (same !== undefined) return same[0]
  if (known[name] === undefined) return name
  const own = `${name}-${foldText(bareName(draft.name)).replace(/[^\p{L}\p{N}]+/gu, '-')}`
  let label = own
  for (let i = 2; known[label] !== undefined; i++) label = `${own}-${i}`
  return label
}
