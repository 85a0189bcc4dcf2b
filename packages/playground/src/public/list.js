/** A list as X has them: only the articles near the window are in the page, the rest are known by their heights. */

const OVERSCAN = 600
const GUESS = 160

const fetchPage = async (source, cursor) => {
  const url = new URL(source, location.href)
  if (cursor) url.searchParams.set('cursor', cursor)
  const response = await fetch(url)
  if (!response.ok) throw new Error(`The list answered ${response.status}.`)
  return response.json()
}

class VirtualList {
  items = []
  heights = new Map()
  cells = new Map()
  cursor = 0
  loading = false
  failed = false

  constructor(root) {
    this.root = root
    this.canvas = root.querySelector('.list-canvas')
    this.end = root.querySelector('.list-end')
    this.sizes = new ResizeObserver((entries) => this.measure(entries))
  }

  async more() {
    if (this.loading || this.cursor === null || this.failed) return
    this.loading = true
    try {
      const { items, cursor } = await fetchPage(this.root.dataset.source, this.cursor)
      this.items.push(...items)
      this.cursor = cursor
      this.showEnd()
    } catch {
      this.failed = true
      this.showFailure()
    } finally {
      this.loading = false
    }
    this.draw()
  }

  showEnd() {
    if (this.cursor !== null) return
    this.end.replaceChildren()
    if (this.items.length > 0) return
    this.end.innerHTML = '<div class="notice" data-testid="emptyState"><b>Nothing to see here — yet</b></div>'
  }

  showFailure() {
    this.end.innerHTML =
      '<div class="notice"><span>Something went wrong. Try reloading.</span><button type="button" class="submit">Retry</button></div>'
    this.end.querySelector('button').addEventListener('click', () => {
      this.failed = false
      this.end.innerHTML = '<div class="spinner" role="progressbar"></div>'
      void this.more()
    })
  }

  measure(entries) {
    let changed = false
    for (const { target } of entries) {
      const height = target.offsetHeight
      if (height > 0 && this.heights.get(target.dataset.key) !== height) {
        this.heights.set(target.dataset.key, height)
        changed = true
      }
    }
    if (changed) this.draw()
  }

  /** Put the articles near the window into the page and take the others out. */
  draw() {
    const top = this.canvas.getBoundingClientRect().top
    const from = -top - OVERSCAN
    const to = -top + innerHeight + OVERSCAN
    const wanted = new Set()
    let y = 0
    for (const item of this.items) {
      const height = this.heights.get(item.id) ?? GUESS
      if (y + height >= from && y <= to) {
        wanted.add(item.id)
        this.place(item, y)
      }
      y += height
    }
    for (const [key, cell] of this.cells) {
      if (wanted.has(key)) continue
      this.sizes.unobserve(cell)
      cell.remove()
      this.cells.delete(key)
    }
    this.canvas.style.minHeight = `${y}px`
    if (y < to + OVERSCAN) void this.more()
  }

  place(item, y) {
    let cell = this.cells.get(item.id)
    if (!cell) {
      cell = document.createElement('div')
      cell.className = 'cell placed'
      cell.dataset.testid = 'cellInnerDiv'
      cell.dataset.key = item.id
      cell.innerHTML = item.html
      this.cells.set(item.id, cell)
      const next = [...this.canvas.children].find((other) => Number(other.dataset.y) > y)
      this.canvas.insertBefore(cell, next ?? null)
      this.sizes.observe(cell)
    }
    cell.dataset.y = y
    cell.style.transform = `translateY(${y}px)`
  }

  async restart() {
    this.items = []
    this.cursor = 0
    this.failed = false
    for (const cell of this.cells.values()) cell.remove()
    this.cells.clear()
    await this.more()
  }
}

let lists = []

export const startLists = (scope) => {
  lists = [...scope.querySelectorAll('.list')].map((root) => new VirtualList(root))
  for (const list of lists) void list.more()
}

/** Show what is new. */
export const refreshLists = () => Promise.all(lists.map((list) => list.restart()))

let waiting = false
const redraw = () => {
  if (waiting) return
  waiting = true
  requestAnimationFrame(() => {
    waiting = false
    for (const list of lists) list.draw()
  })
}
addEventListener('scroll', redraw, { passive: true })
addEventListener('resize', redraw, { passive: true })
