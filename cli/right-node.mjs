// Plain JavaScript for Node 18 and later: this file runs before the right Node is known.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const repository = dirname(dirname(fileURLToPath(import.meta.url)))
const followParent = new URL('follow-parent.mjs', import.meta.url).href

const sentences = {
  en: (command) =>
    `Dossier needs Node.js 24.12 or later, and the one that comes with it is not installed. Nothing was started. Run: ${command}`,
  fr: (command) =>
    `Dossier a besoin de Node.js 24.12 ou plus récent, et celui qui l’accompagne n’est pas installé. Rien n’a démarré. Lancez : ${command}`,
}

/** Runs a TypeScript file of this repository on Node 24.12 or later, as if it had been started itself. */
export async function runOnRightNode(file, args) {
  const path = join(repository, file)
  const installed = join(repository, 'node_modules')
  if (!existsSync(installed)) return refuse('npm ci')
  if (strips(process.versions.node)) {
    process.argv = [process.execPath, path, ...args]
    if (process.env.npm_command) await import(followParent)
    await import(pathToFileURL(path).href)
    return
  }
  const node = candidates(installed).find(
    (candidate) => existsSync(candidate) && strips(versionOf(candidate)),
  )
  if (node) passThrough(spawn(node, ['--import', followParent, path, ...args], { stdio: 'inherit' }))
  else refuse('npm rebuild node --ignore-scripts=false')
}

/** Type stripping is stable since 24.12. */
function strips(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 12)
}

/** The `node` package links its binary into place with an install script; the package it fetches works without. */
function candidates(installed) {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const file = join('bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const homes = [installed, join(installed, 'node', 'node_modules')]
  const names = [`node-${platform}`, `node-bin-${platform}`]
  return [
    join(installed, 'node', file),
    ...homes.flatMap((home) => names.map((name) => join(home, name, file))),
  ]
}

function versionOf(node) {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return (stdout ?? '').trim().replace(/^v/, '')
}

function passThrough(child) {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('error', () => refuse('npm ci'))
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
  })
}

function refuse(command) {
  const { DOSSIER_LANGUAGE, LC_ALL, LC_MESSAGES, LANG } = process.env
  const language = (DOSSIER_LANGUAGE ?? LC_ALL ?? LC_MESSAGES ?? LANG ?? '').startsWith('fr') ? 'fr' : 'en'
  process.stderr.write(`${sentences[language](command)}\n`)
  process.exitCode = 3
}
