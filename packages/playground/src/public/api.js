const HASH = 'xT36w0XM3A8jDynpkram2A'

const cookie = (name) =>
  document.cookie
    .split('; ')
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? ''

const headers = (more) => ({ 'x-csrf-token': cookie('ct0'), ...more })

/** Call one of X's operations. @returns its data @throws {Error} with a sentence for people */
export const call = async (operation, variables) => {
  const response = await fetch(`/i/api/graphql/${HASH}/${operation}`, {
    method: 'POST',
    headers: headers({ 'content-type': 'application/json' }),
    body: JSON.stringify({ variables, features: {}, queryId: HASH }),
  })
  const body = await response.json().catch(() => ({}))
  if (response.status === 429) throw new Error('You are going too fast. Try again later.')
  const [error] = body.errors ?? []
  if (error) throw new Error(error.code === 187 ? 'Whoops! You already said that.' : error.message)
  if (!response.ok) throw new Error('Something went wrong, but don’t fret — let’s give it another shot.')
  return body.data
}

const command = (query, body) =>
  fetch(`/i/media/upload.json?${new URLSearchParams(query)}`, {
    method: 'POST',
    headers: headers({ 'content-type': 'application/octet-stream' }),
    body,
  })

/** Upload an image in X's three steps. @returns its id */
export const upload = async (file) => {
  const begun = await command({ command: 'INIT', media_type: file.type, total_bytes: file.size })
  if (!begun.ok) throw new Error('This image cannot be used.')
  const { media_id_string: id } = await begun.json()
  await command({ command: 'APPEND', media_id: id, segment_index: 0 }, file)
  const ended = await command({ command: 'FINALIZE', media_id: id })
  if (!ended.ok) throw new Error('The image did not arrive. Try again.')
  return id
}

export const describe = async (id, text) => {
  const response = await fetch('/i/api/1.1/media/metadata/create.json', {
    method: 'POST',
    headers: headers({ 'content-type': 'application/json' }),
    body: JSON.stringify({ media_id: id, alt_text: { text } }),
  })
  if (!response.ok) throw new Error('The description was not kept.')
}
