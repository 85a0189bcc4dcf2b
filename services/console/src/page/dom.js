/**
 * A small virtual-free view layer: `h` makes real nodes, `patch` moves an element's children to what a view just made,
 * reusing what is there, so that focus, selection and scrolling survive every update.
 *
 * @typedef {Node | string | number | false | null | undefined} Child
 * @typedef {Record<string, unknown> & { key?: string | number }} Props
 */

const SVG = 'http://www.w3.org/2000/svg'
const SVG_TAGS = new Set(['svg', 'path', 'circle', 'rect', 'line', 'polyline', 'g'])
/** An element of our own draws what is inside it by itself. @param {Node} node */
const drawsItself = (node) => node.nodeName.includes('-')
/** What must be set as a property: the attribute is only its first value. */
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'selected', 'hidden', 'open', 'indeterminate', 'plot'])

/** @type {WeakMap<Node, Props>} */
const propsOf = new WeakMap()

/** @param {any} node @param {string} name @param {any} value */
const set = (node, name, value) => {
  if (name === 'key') return
  if (name.startsWith('on')) node[name] = value ?? null
  else if (name === 'width%') node.style.width = `${Number(value)}%`
  else if (PROPERTIES.has(name)) {
    if (node[name] !== value) node[name] = value
  } else if (value === undefined || value === null || value === false) node.removeAttribute(name)
  else node.setAttribute(name, value === true ? '' : value)
}

/**
 * @param {string} tag
 * @param {Props | null} [props] attributes; `on…` are listeners; `key` tells siblings apart
 * @param {...(Child | Child[])} children
 * @returns {any} the element
 */
export const h = (tag, props, ...children) => {
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag)
  for (const child of children.flat(3)) {
    if (child === false || child === null || child === undefined) continue
    node.append(child instanceof Node ? child : String(child))
  }
  // After the children: a select's value needs its options.
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value)
  propsOf.set(node, props ?? {})
  return /** @type {HTMLElement} */ (node)
}

/** @param {Node} a @param {Node} b */
const sameKind = (a, b) => a.nodeName === b.nodeName && propsOf.get(a)?.key === propsOf.get(b)?.key

/** @param {Node} from @param {Node} to */
const morph = (from, to) => {
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue
    return
  }
  const [before, after] = [propsOf.get(from) ?? {}, propsOf.get(to) ?? {}]
  if (!drawsItself(from)) patch(/** @type {Element} */ (from), [...to.childNodes])
  for (const name of Object.keys(before)) if (!(name in after)) set(from, name, undefined)
  // What nobody listens to is the person's own (a form read at its end): it changes only when the view's word does.
  const controlled = 'oninput' in after || 'onchange' in after
  for (const [name, value] of Object.entries(after))
    if (before[name] !== value || (controlled && PROPERTIES.has(name))) set(from, name, value)
  propsOf.set(from, after)
}

/**
 * Makes the children of an element what `next` says.
 * @param {Element} parent
 * @param {Child[]} next
 */
export const patch = (parent, next) => {
  const wanted = next.flat(3).filter((child) => child !== false && child !== null && child !== undefined)
  const keyed = new Map([...parent.childNodes].map((node) => [propsOf.get(node)?.key, node]))
  let here = parent.firstChild
  for (const child of wanted) {
    const node = child instanceof Node ? child : document.createTextNode(String(child))
    const key = propsOf.get(node)?.key
    const known = key === undefined ? here : keyed.get(key)
    if (known !== null && known !== undefined && known.parentNode === parent && sameKind(known, node)) {
      if (known !== here) parent.insertBefore(known, here)
      morph(known, node)
      here = known.nextSibling
    } else parent.insertBefore(node, here)
  }
  while (here !== null) {
    const rest = here.nextSibling
    here.remove()
    here = rest
  }
}
