/** Pages in the structure that X's have, made of what a test wants on them. The figures of a post, all of them known. */
export interface Figures {
  readonly replies: number
  readonly reposts: number
  readonly likes: number
  readonly bookmarks: number
  readonly views: number
}

/** How one language writes a page: its tag, the group's label and the word beside the views. */
export interface Locale {
  readonly lang: string
  readonly label: (figures: { readonly [figure in keyof Figures]: string }) => string
  readonly views: string
}

// prettier-ignore
export const LOCALES: readonly Locale[] = [
  { lang: 'en', views: 'Views', label: (f) => `${f.replies} replies, ${f.reposts} reposts, ${f.likes} likes, ${f.bookmarks} bookmarks, ${f.views} views` },
  { lang: 'de', views: 'Mal angezeigt', label: (f) => `${f.replies} Antworten, ${f.reposts} Reposts, ${f.likes} „Gefällt mir“-Angaben, ${f.bookmarks} Lesezeichen, ${f.views} Mal angezeigt` },
  { lang: 'fr', views: 'vues', label: (f) => `${f.replies} réponses, ${f.reposts} reposts, ${f.likes} J’aime, ${f.bookmarks} signets, ${f.views} vues` },
  { lang: 'es', views: 'Visualizaciones', label: (f) => `${f.replies} respuestas, ${f.reposts} reposts, ${f.likes} Me gusta, ${f.bookmarks} elementos guardados, ${f.views} visualizaciones` },
  { lang: 'pt', views: 'Visualizações', label: (f) => `${f.replies} respostas, ${f.reposts} reposts, ${f.likes} curtidas, ${f.bookmarks} itens salvos, ${f.views} visualizações` },
  { lang: 'it', views: 'visualizzazioni', label: (f) => `${f.replies} risposte, ${f.reposts} repost, ${f.likes} Mi piace, ${f.bookmarks} segnalibri, ${f.views} visualizzazioni` },
  { lang: 'nl', views: 'weergaven', label: (f) => `${f.replies} antwoorden, ${f.reposts} reposts, ${f.likes} vind-ik-leuks, ${f.bookmarks} bladwijzers, ${f.views} weergaven` },
  { lang: 'ja', views: '件の表示', label: (f) => `${f.replies} 件の返信、${f.reposts} 件のリポスト、${f.likes} 件のいいね、${f.bookmarks} 件のブックマーク、${f.views} 件の表示` },
  { lang: 'zh-CN', views: '查看', label: (f) => `${f.replies} 回复、${f.reposts} 次转帖、${f.likes} 喜欢、${f.bookmarks} 书签、${f.views} 次观看` },
  { lang: 'ko', views: '조회수', label: (f) => `답글 ${f.replies}개, 재게시 ${f.reposts}회, 마음에 들어요 ${f.likes}개, 북마크 ${f.bookmarks}개, 조회수 ${f.views}회` },
  { lang: 'ru', views: 'просмотров', label: (f) => `${f.replies} ответов, ${f.reposts} репостов, ${f.likes} отметок «Нравится», ${f.bookmarks} закладок, ${f.views} просмотров` },
  { lang: 'tr', views: 'Görüntülenme', label: (f) => `${f.replies} yanıt, ${f.reposts} yeniden gönderi, ${f.likes} beğeni, ${f.bookmarks} yer işareti, ${f.views} görüntülenme` },
  { lang: 'ar', views: 'مشاهدة', label: (f) => `${f.replies} ردًا، ${f.reposts} إعادة نشر، ${f.likes} إعجابًا، ${f.bookmarks} إشارة مرجعية، ${f.views} مشاهدة` },
  { lang: 'fa', views: 'بازدید', label: (f) => `${f.replies} پاسخ، ${f.reposts} بازنشر، ${f.likes} پسند، ${f.bookmarks} نشانک، ${f.views} بازدید` },
  { lang: 'hi', views: 'व्यू', label: (f) => `${f.replies} जवाब, ${f.reposts} रीपोस्ट, ${f.likes} पसंद, ${f.bookmarks} बुकमार्क, ${f.views} व्यू` },
  { lang: 'id', views: 'Tayangan', label: (f) => `${f.replies} balasan, ${f.reposts} repost, ${f.likes} suka, ${f.bookmarks} markah, ${f.views} tayangan` },
  { lang: 'pl', views: 'wyświetleń', label: (f) => `${f.replies} odpowiedzi, ${f.reposts} podań dalej, ${f.likes} polubień, ${f.bookmarks} zakładek, ${f.views} wyświetleń` },
]

/** Which of the places that carry figures a page has, the most exact first. */
export type Shows = 'group' | 'buttons' | 'text'

export interface Drawn {
  readonly id: string
  readonly handle: string
  readonly text: string
  readonly figures: Figures
  readonly shows: readonly Shows[]
  readonly context?: string
  readonly ad?: boolean
  readonly quote?: Drawn
  /** The one that the page is about. */
  readonly focal?: boolean
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const counted = (value: string): string =>
  `<span data-testid="app-text-transition-container"><span>${value}</span></span>`

const name = (handle: string, linked: boolean): string => {
  const link = (inner: string): string =>
    linked ? `<a href="/${handle}" role="link">${inner}</a>` : `<div>${inner}</div>`
  return `<div data-testid="User-Name">${link(`<span>Name of ${handle}</span>`)}${link(`<span>@${handle}</span>`)}</div>`
}

const BUTTONS = [
  ['replies', 'reply'],
  ['reposts', 'retweet'],
  ['likes', 'like'],
  ['bookmarks', 'bookmark'],
] as const

const group = ({ id, handle, figures, shows }: Drawn, { lang, label, views }: Locale): string => {
  const exact = new Intl.NumberFormat(lang)
  const short = new Intl.NumberFormat(lang, { notation: 'compact', maximumFractionDigits: 1 })
  const grouped = Object.fromEntries(Object.entries(figures).map(([figure, count]) => [figure, exact.format(count)]))
  const labelled = shows.includes('group')
    ? ` aria-label="${escape(label(grouped as Parameters<Locale['label']>[0]))}"`
    : ''
  const aria = (count: number, word: string): string =>
    shows.includes('buttons') ? `${exact.format(count)} ${word}. ${word}` : word
  const shown = (count: number): string => counted(shows.includes('text') ? short.format(count) : '')
  const buttons = BUTTONS.map(
    ([figure, testid]) =>
      `<button data-testid="${testid}" aria-label="${aria(figures[figure], 'Zorb')}">${shown(figures[figure])}</button>`,
  )
  const analytics = `<a href="/${handle}/status/${id}/analytics" aria-label="${aria(figures.views, views)}">${shown(figures.views)}</a>`
  return `<div role="group"${labelled}>${buttons.join('')}${analytics}</div>`
}

const quoted = ({ id, handle, text }: Drawn): string =>
  `<div role="link" tabindex="0">${name(handle, false)}<time datetime="2025-01-01T00:00:00.000Z">1 Jan</time>
   <div data-testid="tweetText">${escape(text)}</div><a href="/${handle}/status/${id}/photo/1"><img alt=""></a>${counted('7.7M')}</div>`

export const article = (
  post: Drawn,
  locale: Locale,
): string => `<div data-testid="cellInnerDiv"><article data-testid="tweet" role="article" tabindex="${post.focal === true ? -1 : 0}">
  ${post.context === undefined ? '' : `<div data-testid="socialContext"><span>${post.context}</span></div>`}
  ${name(post.handle, true)}${post.ad === true ? '<div><span>Ad</span></div>' : ''}<button data-testid="caret" aria-label="More"></button>
  <div data-testid="tweetText">${escape(post.text)}</div>
  ${post.quote === undefined ? '' : quoted(post.quote)}
  <a href="/${post.handle}/status/${post.id}"><time datetime="2025-11-16T08:00:00.000Z">1h</time></a>
  ${group(post, locale)}</article></div>`

/** A signed-in page of these posts, in this order. */
export const pageOf = (posts: readonly Drawn[], locale: Locale, profile?: string): string =>
  `<!doctype html><html lang="${locale.lang}"><body><a data-testid="AppTabBar_Profile_Link" href="/us"></a><main><div data-testid="primaryColumn">
   ${profile === undefined ? '' : `<div data-testid="UserName"><span>@${profile}</span></div>`}
   <section>${posts.map((post) => article(post, locale)).join('\n')}</section></div></main></body></html>`
