/** Who may import whom: a domain imports itself, platform, evidence, and `public.ts` of the domains on its line. */
export const floors: Readonly<Record<string, readonly string[]>> = {
  evidence: [],
  access: [],
  subjects: [],
  connectors: [],
  inventory: ['connectors'],
  register: ['inventory'],
  holdings: ['subjects', 'connectors', 'inventory'],
  requests: ['access', 'subjects', 'connectors', 'inventory', 'holdings'],
  backup: ['subjects'],
  rotation: ['subjects', 'backup'],
  doctor: ['subjects', 'inventory', 'backup'],
  pages: [],
}
