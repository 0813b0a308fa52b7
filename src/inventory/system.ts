/** A place that holds personal data, and how Dossier reaches it. What it takes to connect is never part of this. */
export interface System {
  readonly id: string
  readonly name: string
  /** The driver: `postgres`, `sqlite`, `files` … */
  readonly scheme: string
  /** The address without user or password. */
  readonly url: string
  /** The address erasing uses, where it has credentials of its own. */
  readonly eraseUrl: string | null
  /** The company answerable for this system, as printed in copies and certificates. */
  readonly controller: string | null
  /** How much of the time reading may keep it at work, in percent. */
  readonly load: number
  readonly addedAt: Date
}

/** A fifth of the time is left to those the system is for, even where it has one core or one disk. */
export const usualLoad = 80

/** Names stand in commands, in the map and in evidence, so they are plain. */
export const isSystemName = (text: string): boolean => /^[a-z][a-z0-9-]{0,62}$/.test(text)
