import assert from 'node:assert/strict'
import type { Cell, CollectionDescription } from '../../connectors/public.ts'
import { classifyCollection } from './classify-collection.ts'
import type { FieldProposal } from './proposal.ts'

export const engine = 'PostgreSQL 18.4'
const unseen = ({ fields }: CollectionDescription): readonly (readonly Cell[])[] => fields.map(() => [])

/** Proposals for a table; without samples it is empty. */
export function classify(
  description: CollectionDescription,
  samples = unseen(description),
  collections = [description.name],
) {
  return classifyCollection({ engine, description, samples, collections })
}

export const field = (proposals: readonly FieldProposal[], name: string): FieldProposal => {
  const found = proposals.find((proposal) => proposal.field === name)
  return found ?? assert.fail(`no field ${name}`)
}
