import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  append,
  consistencyProof,
  type Edge,
  edgeRoot,
  emptyRoot,
  foldPerfect,
  hashesAt,
  inclusionProof,
  leafHash,
  nodeHash,
  type ReadTile,
  rootHash,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'

/** The eight leaves of the Certificate Transparency reference tests, and the root after each. */
const published = {
  leaves: [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ],
  roots: [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
  /** PATH(0, D[8]) and PROOF(2, D[8]). */
  inclusion: [
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ],
  consistency: [
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ],
}

interface Tree {
  readonly tiles: ReadTile
  /** Root after each leaf, from the growing edge alone. */
  readonly roots: readonly Buffer[]
}

function grow(leaves: readonly Buffer[]): Tree {
  const levels: Buffer[][] = [[...leaves]]
  const edge: Edge = { size: 0, levels: [] }
  const roots = [edgeRoot(edge)]
  for (const leaf of leaves) {
    append(edge, leaf, (level, index, hash) => {
      const hashes = levels[level] ?? []
      assert.equal(index, hashes.length)
      levels[level] = [...hashes, hash]
    })
    roots.push(edgeRoot(edge))
  }
  const tiles: ReadTile = async (level, index) =>
    levels[level]?.slice(index * tileWidth, (index + 1) * tileWidth) ?? []
  return { tiles, roots }
}

/** RFC 9162 §2.1.1, as it is written there. */
function definition(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (!only) return emptyRoot
  if (leaves.length === 1) return only
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(definition(leaves.slice(0, k)), definition(leaves.slice(k)))
}

const someLeaves = (count: number): readonly Buffer[] =>
  Array.from({ length: count }, (_, i) => leafHash(Buffer.from(String(i))))
const big = someLeaves(1_100)
const bigTree = grow(big)
const root = (size: number): Buffer => bigTree.roots[size] ?? emptyRoot
const leaf = (index: number): Buffer => big[index] ?? emptyRoot

test('the trees of zero to eight leaves have the roots of the published test vectors', async () => {
  const leaves = published.leaves.map((hex) => leafHash(Buffer.from(hex, 'hex')))
  const tree = grow(leaves)
  for (const [size, expected] of published.roots.entries()) {
    assert.equal(tree.roots[size]?.toString('hex'), expected)
    assert.equal((await rootHash(size, tree.tiles)).toString('hex'), expected)
  }
  const hex = (proof: readonly Buffer[]) => proof.map((hash) => hash.toString('hex'))
  assert.deepEqual(hex(await inclusionProof(0, 8, tree.tiles)), published.inclusion)
  assert.deepEqual(hex(await consistencyProof(2, 8, tree.tiles)), published.consistency)
})

test('the growing edge and the tiles both give the root that the definition gives, across tile borders', async () => {
  for (const size of [1, 2, 3, 255, 256, 257, 511, 512, 513, 767, 768, 1_023, 1_024, 1_025, 1_100]) {
    const expected = definition(big.slice(0, size))
    assert.deepEqual(root(size), expected)
    assert.deepEqual(await rootHash(size, bigTree.tiles), expected)
  }
})

test('a tree beyond 65,536 leaves has tiles of a third level', async () => {
  const edge: Edge = { size: 0, levels: [] }
  const nodes = new Map<string, Buffer>()
  const leaves = someLeaves(65_536 + 300)
  for (const one of leaves) append(edge, one, (level, index, hash) => nodes.set(`${level}/${index}`, hash))
  assert.equal(hashesAt(edge.size, 2), 1)
  assert.deepEqual(nodes.get('2/0'), definition(leaves.slice(0, 65_536)))
  assert.deepEqual(nodes.get('1/256'), foldPerfect(leaves.slice(65_536, 65_792)))
  assert.deepEqual(edgeRoot(edge), definition(leaves))
  const tiles: ReadTile = async (level, index) => {
    const [from, to] = [index * tileWidth, Math.min((index + 1) * tileWidth, hashesAt(edge.size, level))]
    if (level === 0) return leaves.slice(from, to)
    return Array.from({ length: to - from }, (_, i) => nodes.get(`${level}/${from + i}`) ?? emptyRoot)
  }
  assert.deepEqual(await rootHash(edge.size, tiles), edgeRoot(edge))
  for (const index of [0, 65_535, 65_536, 65_835]) {
    const proof = await inclusionProof(index, edge.size, tiles)
    assert.ok(
      verifyInclusion(
        { index, size: edge.size, leaf: leaves[index] ?? emptyRoot, root: edgeRoot(edge) },
        proof,
      ),
    )
  }
})

const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: big.length }))
const pair = fc.tuple(size, fc.nat()).map(([n, i]) => [n, i % n] as const)

test('every leaf can be proven to be in every tree that holds it', () =>
  fc.assert(
    fc.asyncProperty(pair, async ([size, index]) => {
      const proof = await inclusionProof(index, size, bigTree.tiles)
      assert.ok(verifyInclusion({ index, size, leaf: leaf(index), root: root(size) }, proof))
    }),
    { numRuns: 300 },
  ))

test('no proof holds for another leaf, index, size or root, nor with a hash changed, added or left out', () =>
  fc.assert(
    fc.asyncProperty(pair, fc.nat(), fc.nat({ max: 255 }), async ([size, index], at, bit) => {
      const proof = await inclusionProof(index, size, bigTree.tiles)
      const claim = { index, size, leaf: leaf(index), root: root(size) }
      assert.equal(verifyInclusion({ ...claim, leaf: flip(claim.leaf, bit) }, proof), false)
      assert.equal(verifyInclusion({ ...claim, root: flip(claim.root, bit) }, proof), false)
      for (const other of [index + 1, index - 1, index + size, -1, 0.5, Number.NaN])
        assert.equal(verifyInclusion({ ...claim, index: other }, proof), false)
      assert.equal(verifyInclusion(claim, [...proof, emptyRoot]), false)
      if (proof.length === 0) return
      const place = at % proof.length
      assert.equal(verifyInclusion(claim, proof.toSpliced(place, 1)), false)
      assert.equal(verifyInclusion(claim, proof.with(place, flip(proof[place] ?? emptyRoot, bit))), false)
    }),
    { numRuns: 300 },
  ))

test('a tree can be proven to be the beginning of every later one, and of no other', () =>
  fc.assert(
    fc.asyncProperty(size, size, fc.nat(), fc.nat({ max: 255 }), async (a, b, at, bit) => {
      const [first, second] = [Math.min(a, b), Math.max(a, b)]
      const [before, after] = [
        { size: first, root: root(first) },
        { size: second, root: root(second) },
      ]
      const proof = await consistencyProof(first, second, bigTree.tiles)
      assert.ok(verifyConsistency(before, after, proof))
      assert.equal(verifyConsistency({ ...before, root: flip(before.root, bit) }, after, proof), false)
      assert.equal(verifyConsistency(before, { ...after, root: flip(after.root, bit) }, proof), false)
      assert.equal(verifyConsistency(before, after, [...proof, emptyRoot]), false)
      if (first < second) assert.equal(verifyConsistency(after, before, proof), false)
      if (proof.length === 0) return
      const place = at % proof.length
      assert.equal(verifyConsistency(before, after, proof.toSpliced(place, 1)), false)
      assert.equal(
        verifyConsistency(before, after, proof.with(place, flip(proof[place] ?? emptyRoot, bit))),
        false,
      )
    }),
    { numRuns: 300 },
  ))

test('the empty tree is the beginning of every tree', async () => {
  assert.ok(
    verifyConsistency(
      { size: 0, root: emptyRoot },
      { size: 3, root: root(3) },
      await consistencyProof(0, 3, bigTree.tiles),
    ),
  )
  assert.equal(verifyConsistency({ size: 0, root: root(1) }, { size: 3, root: root(3) }, []), false)
})

test('a tile that lacks hashes gives an error, not a root', async () => {
  const torn: ReadTile = async (level, index) => (await bigTree.tiles(level, index)).slice(0, 3)
  await assert.rejects(rootHash(300, torn), RangeError)
  await assert.rejects(inclusionProof(5, 5, bigTree.tiles), RangeError)
})

function flip(hash: Buffer, bit: number): Buffer {
  const changed = Buffer.from(hash)
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}
