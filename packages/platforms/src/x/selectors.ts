/**
 * Every selector of the X web application, in one place. X renames often, so each entry is a list: the first is what X
 * shows today, the others are what it showed before or shows in another layout. A failure names the entry, not the CSS.
 */
export const SELECTORS = {
  signedIn: ['[data-testid=SideNav_AccountSwitcher_Button]', '[data-testid=AppTabBar_Profile_Link]'],
  ownProfile: ['[data-testid=AppTabBar_Profile_Link]'],
  signedOut: [
    '[data-testid=loginButton]',
    'a[href="/login"]',
    'a[href="/i/flow/login"]',
    'input[autocomplete=username]',
  ],
  challenge: [
    'form[action*="/account/access"]',
    'iframe[src*="arkose"]',
    'iframe[src*="challenges.cloudflare.com"]',
    'script[src*="/cdn-cgi/challenge-platform/"]',
    '[data-testid=ocfEnterTextTextInput]',
  ],

  column: ['[data-testid=primaryColumn]', 'main'],
  article: ['article[data-testid=tweet]', 'article[role=article]'],
  cell: ['[data-testid=cellInnerDiv]'],
  text: ['[data-testid=tweetText]'],
  author: ['[data-testid=User-Name]'],
  socialContext: ['[data-testid=socialContext]'],
  card: ['[data-testid="card.wrapper"]'],
  showMore: ['[data-testid=tweet-text-show-more-link]'],
  metricsGroup: ['[role=group][aria-label]'],
  count: ['[data-testid=app-text-transition-container]'],
  replyButton: ['[data-testid=reply]'],
  repostButton: ['[data-testid=retweet]', '[data-testid=unretweet]'],
  likeButton: ['[data-testid=like]', '[data-testid=unlike]'],
  bookmarkButton: ['[data-testid=bookmark]', '[data-testid=removeBookmark]'],
  viewsLink: ['a[href$="/analytics"]'],
  error: ['[data-testid=error-detail]'],
  emptyList: ['[data-testid=emptyState]'],
  profileName: ['[data-testid=UserName]'],

  dialog: ['[role=dialog][aria-modal=true]', '[role=dialog]'],
  textBox: ['[data-testid=tweetTextarea_0]', 'div[role=textbox][contenteditable=true]'],
  typeahead: ['[data-testid=typeaheadDropdownWrapped]', '[id^=typeaheadDropdown]'],
  submit: ['[data-testid=tweetButton]', '[data-testid=tweetButtonInline]'],
  fileInput: ['input[data-testid=fileInput]', 'input[type=file][accept*=image]'],
  attachments: ['[data-testid=attachments]'],
  attachment: ['[data-testid=attachments] img'],
  uploading: ['[data-testid=attachments] [role=progressbar]'],
  altLink: ['[data-testid=attachments] a[href="/compose/post/media"]', '[data-testid=altTextLabel]'],
  altText: ['[data-testid=altTextInput]'],
  altNext: ['[data-testid=nextMedia]'],
  altDone: ['[data-testid=endEditingButton]'],
  sheetConfirm: ['[data-testid=confirmationSheetConfirm]'],

  caret: ['[data-testid=caret]'],
  menu: ['[data-testid=Dropdown]', '[role=menu]'],
  menuItem: ['[role=menuitem]'],
} as const satisfies Record<string, readonly [string, ...string[]]>

export type SelectorName = keyof typeof SELECTORS

/** All alternatives as one CSS selector list. */
export const css = (name: SelectorName): string => SELECTORS[name].join(', ')
