import { runOnRightNode } from '../cli/right-node.mjs'

await runOnRightNode('test/check.ts', process.argv.slice(2))
