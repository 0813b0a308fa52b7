#!/usr/bin/env node
import { runOnRightNode } from './right-node.mjs'

const [command, ...rest] = process.argv.slice(2)
await (command === 'start'
  ? runOnRightNode('src/main.ts', rest)
  : runOnRightNode('cli/main.ts', process.argv.slice(2)))
