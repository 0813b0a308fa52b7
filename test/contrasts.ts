import type { Page } from 'playwright-core'

export interface Contrast {
  readonly text: string
  readonly ratio: number
}

/** Of each text with what lies behind it, by the formula of WCAG 2.2. */
export function contrasts(page: Page): Promise<readonly Contrast[]> {
  return page.evaluate(`(() => {
    const rgb = (color) => color.match(/[\\d.]+/g).map(Number)
    const light = (color) => {
      const [r, g, b] = rgb(color).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const behind = (element) => {
      const { backgroundColor } = getComputedStyle(element)
      return rgb(backgroundColor)[3] === 0 && element.parentElement ? behind(element.parentElement) : backgroundColor
    }
    return [...document.body.querySelectorAll('*')]
      .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      .map((element) => {
        const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x)
        return { text: element.textContent.slice(0, 40), ratio: (a + 0.05) / (b + 0.05) }
      })
  })()`)
}
