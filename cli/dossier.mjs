#!/usr/bin/env node
import { runOnRightNode } from './right-node.mjs'

// What was typed may name a person, and this process lasts as long as the one it hands over to.
process.title = 'dossier'

const [command, ...rest] = process.argv.slice(2)
await (command === 'start'
  ? runOnRightNode('src/main.ts', rest)
  : runOnRightNode('cli/main.ts', process.argv.slice(2)))
