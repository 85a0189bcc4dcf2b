// Before the first paint, so that a chosen theme does not flash: this is why it is no module.
;(() => {
  const chosen = localStorage.getItem('surepost.theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
})()
