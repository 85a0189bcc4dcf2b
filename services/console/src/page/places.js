/**
 * The views in the order of the bar. The keys are what a person presses to go there.
 * @type {{ id: string, label: string, key: string, group: string }[]}
 */
export const PLACES = [
  { id: 'overview', label: 'Overview', key: '1', group: 'Publish' },
  { id: 'posts', label: 'Posts', key: '2', group: 'Publish' },
  { id: 'approvals', label: 'Approvals', key: '3', group: 'Publish' },
  { id: 'compose', label: 'Compose', key: '4', group: 'Publish' },
  { id: 'metrics', label: 'Metrics', key: '5', group: 'Publish' },
  { id: 'accounts', label: 'Accounts', key: '6', group: 'Operate' },
  { id: 'queues', label: 'Queues', key: '7', group: 'Operate' },
  { id: 'dead', label: 'Dead letters', key: '8', group: 'Operate' },
  { id: 'browsers', label: 'Browsers', key: '9', group: 'Operate' },
  { id: 'jobs', label: 'Jobs', key: '0', group: 'Operate' },
  { id: 'alerts', label: 'Alerts', key: 'a', group: 'Operate' },
]

/** On a phone these have a place in the bar; the others are behind "More". */
export const IN_BAR = new Set(['overview', 'posts', 'approvals', 'compose'])

/** @param {string | undefined} id */
export const placeOf = (id) => PLACES.find((place) => place.id === id)
