import { type Language, say } from '../../platform/texts.ts'
import { xmlText } from '../../platform/xml-text.ts'
import type { DataMap } from '../data-map.ts'
import { type Box, type Chip, card, chip } from './card.ts'
import { type Arrow, frame, type Layout, layOut, type PlacedCard, type PlacedSystem } from './layout.ts'
import { legend, legendHeight } from './legend.ts'
import { fitText, textWidth } from './measure-text.ts'
import type { Point } from './route-links.ts'
import { style } from './style.ts'

/** The data map as a picture: SVG 1.1 with its own style, light or dark as its reader prefers, and words for those who cannot see it. */
export function drawMap(map: DataMap, language: Language): string {
  const layout = layOut(map)
  const width = Math.max(layout.width, 720)
  const height = layout.height + legendHeight(width)
  const counts = {
    systems: layout.systems.length,
    collections: layout.cards.length,
    links: layout.arrows.length,
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" lang="${language}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="graphics-document document" aria-labelledby="title desc">`,
    `<title id="title">${xmlText(say(language, 'inventory.draw-title'))}</title>`,
    `<desc id="desc">${xmlText(say(language, 'inventory.draw-desc', counts))}</desc>`,
    `<style>${style}</style>`,
    markers,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...layout.systems.map(systemGroup),
    ...layout.arrows.map((arrow) => arrowGroup(arrow, layout, language)),
    ...layout.cards.map((one) => cardGroup(one, language)),
    legend(width, layout.height, language),
    '</svg>',
    '',
  ].join('\n')
}

const markers = `<defs>${(['owner', 'party', 'none'] as const)
  .map((role) => {
    const shape = role === 'party' ? 'M1 1L9 5L1 9' : 'M0 0L10 5L0 10z'
    return `<marker id="${role}" class="tip ${role}" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="${shape}"/></marker>`
  })
  .join('')}</defs>`

const rect = (kind: string, { x, y, width, height }: Box, radius: number): string =>
  `<rect class="${kind}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`

const text = (kind: string, x: number, y: number, content: string): string =>
  `<text class="${kind}" x="${round(x)}" y="${round(y)}">${xmlText(content)}</text>`

function systemGroup(system: PlacedSystem): string {
  const { name, controller, x, y } = system
  const room = system.width - 2 * frame.pad
  const title = fitText(name, 17, room)
  const left = room - textWidth(title, 17) - 12
  const company =
    controller === null || left < 40
      ? ''
      : text('company', x + frame.pad + textWidth(title, 17) + 12, y + 30, fitText(controller, 13, left))
  return `<g class="system">${rect('panel', system, 14)}${text('system-name', x + frame.pad, y + 30, title)}${company}</g>`
}

function arrowGroup(arrow: Arrow, { cards }: Layout, language: Language): string {
  const { from, to, link, role } = arrow
  const fields = cards.find((one) => one.card.id === from)?.card.links[link]?.fields ?? ''
  const said = say(language, 'inventory.draw-link', {
    from,
    to,
    fields,
    role: say(language, `inventory.draw-role-${role}`),
  })
  return `<g class="link ${role}" role="graphics-symbol"><title>${xmlText(said)}</title><path d="${pathOf(arrow)}" marker-end="url(#${role})"/></g>`
}

function pathOf({ shape, points }: Arrow): string {
  const [start, ...rest] = points
  if (!start) return ''
  const move = `M${round(start.x)} ${round(start.y)}`
  return move + (shape === 'curve' ? curve([start, ...rest]) : steps([start, ...rest]))
}

/** Level at each point, so that a line enters a passage and a card without a kink. */
const curve = (points: readonly Point[]): string =>
  points
    .slice(1)
    .map((to, i) => {
      const from = points[i] ?? to
      if (from.y === to.y) return `H${round(to.x)}`
      const middle = round((from.x + to.x) / 2)
      return `C${middle} ${round(from.y)} ${middle} ${round(to.y)} ${round(to.x)} ${round(to.y)}`
    })
    .join('')

const corner = 6

/** Straight lines, each corner taken by a quarter of a circle where there is room for it. */
const steps = (points: readonly Point[]): string =>
  points
    .slice(1)
    .map((to, i) => {
      const [from, next] = [points[i] ?? to, points[i + 2]]
      if (!next) return `L${round(to.x)} ${round(to.y)}`
      const before = towards(to, from)
      const after = towards(to, next)
      return `L${round(before.x)} ${round(before.y)}Q${round(to.x)} ${round(to.y)} ${round(after.x)} ${round(after.y)}`
    })
    .join('')

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  const part = length === 0 ? 0 : Math.min(corner, length / 2) / length
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
}

function cardGroup({ card: one, ...box }: PlacedCard, language: Language): string {
  const { x, y, width } = box
  const word = say(language, `inventory.draw-rows-${one.rows}`)
  const wide = textWidth(word, card.small)
  const room = width - 2 * card.pad
  const flag = one.unreached ? ` ${say(language, 'inventory.draw-unreached')}` : ''
  const categories = one.chips.map((each) => each.text).join(', ')
  return [
    `<g class="card${one.unreached ? ' unreached' : ''}" role="graphics-symbol">`,
    `<title>${xmlText(`${one.id}: ${categories || say(language, 'inventory.draw-nothing')}.${flag}`)}</title>`,
    rect('face', box, 9),
    text('name', x + card.pad, y + 24, fitText(one.name, card.name, room - wide - 12)),
    `<text class="rows" x="${round(x + width - card.pad)}" y="${round(y + 24)}">${xmlText(word)}</text>`,
    ...(one.chips.length === 0
      ? [text('quiet', x + card.pad, y + card.header + 14, say(language, 'inventory.draw-nothing'))]
      : []),
    ...one.chips.map((each) => chipGroup(each, x, y)),
    ...one.links.map(({ to, fields, role, y: line }) => {
      const target = to.startsWith(`${one.system}/`) ? to.slice(one.system.length + 1) : to
      const kind = role === 'owner' ? '' : `${say(language, `inventory.draw-role-${role}`)}: `
      const said = fitText(`${kind}${fields} → ${target}`, card.small, room)
      return text(`line ${role}`, x + card.pad, y + line + 4, said)
    }),
    ...(one.unreached
      ? [text('flag', x + card.pad, y - 6, `⊘ ${say(language, 'inventory.draw-unreached')}`)]
      : []),
    '</g>',
  ].join('')
}

function chipGroup(each: Chip, x: number, y: number): string {
  const box = { ...each, x: x + each.x, y: y + each.y }
  const kind = each.special ? 'chip special' : each.identifier ? 'chip identifier' : 'chip'
  const label = `<text class="chip-text${each.special ? ' special' : ''}" x="${round(box.x + each.width / 2)}" y="${round(box.y + 14)}">${xmlText(each.text)}</text>`
  return rect(kind, box, chip.height / 2) + label
}

const round = (value: number): number => Math.round(value * 10) / 10
