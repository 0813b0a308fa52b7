/** The lists of the newsletter. Two were exported by different tools: separator, encoding and line ends differ. */
export const newsletterColumns = {
  'subscribers.csv': ['E-mail', 'Prénom', 'Nom', 'Inscription', 'N° client', 'Source', 'IP'],
  'unsubscribed.csv': ['email', 'unsubscribed_at', 'reason'],
  'campaign-stats.csv': ['campaign', 'sent_on', 'sent', 'opened', 'clicked'],
} as const

export type NewsletterLayout = typeof newsletterColumns

export interface Dialect {
  readonly delimiter: string
  readonly encoding: 'windows-1252' | 'utf8'
  readonly bom: boolean
  readonly lineEnd: '\r\n' | '\n'
}

export const dialects: Readonly<Record<keyof NewsletterLayout, Dialect>> = {
  'subscribers.csv': { delimiter: ';', encoding: 'windows-1252', bom: false, lineEnd: '\r\n' },
  'unsubscribed.csv': { delimiter: ',', encoding: 'utf8', bom: true, lineEnd: '\n' },
  'campaign-stats.csv': { delimiter: ',', encoding: 'utf8', bom: false, lineEnd: '\n' },
}
