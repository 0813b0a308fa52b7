/** What an API key may be allowed to do. A route names the one it asks for. */
export const scopes = [
  'systems:read',
  'systems:write',
  'map:read',
  'map:write',
  'holdings:find',
  'requests:read',
  'requests:write',
  'requests:approve',
  'evidence:read',
] as const
export type Scope = (typeof scopes)[number]

export const isScope = (text: string): text is Scope => (scopes as readonly string[]).includes(text)
