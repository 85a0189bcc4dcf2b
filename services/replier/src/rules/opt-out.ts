/** A word that asks to be left alone, when hardly anything else is said. */
const WORD =
  /(?<!\p{L})(?:stop|unsubscribe|opt[ -]?out|remove me|arr[êe]te[rz]?|stopp|aufh[öo]ren|h[öo]r auf|basta|para ya|parar|pare|smettila|przestań|sluta|lopeta|dur|стоп|хватит|отстань|توقف|停止|停止して|やめて|やめろ|그만|멈춰)(?!\p{L})/iu

/** Sentences that ask for it wherever they stand. */
const SENTENCE =
  /(?<!\p{L})(?:(?:stop|quit) (?:replying|answering|messaging|tagging|mentioning|contacting|writing|talking|bothering|spamming)(?: to)?(?: me)?|(?:do not|don['’]?t|never) (?:ever )?(?:reply to|answer|message|contact|tag|mention|write to|talk to) me|leave me alone|unsubscribe(?: me)?|opt(?:ing)?[ -]?(?:me )?out|laisse[zs]?[ -]moi tranquille|ne (?:me )?r[ée]pond(?:s|ez) (?:plus|pas)|lass(?:t|en sie)? mich in ruhe|(?:antworte|schreib)(?:t|en sie)? mir nicht(?: mehr)?|d[ée]ja(?:me|d?me) en paz|no me (?:respondas|contestes|escribas)|deixa[- ]me em paz|n[ãa]o me responda|lasciami in pace|non rispondermi|не (?:отвечай|пиши)(?:те)? мне|оставь(?:те)? меня в покое)(?!\p{L})|返信しないで|話しかけないで|不要(?:再)?回[复覆]我|别(?:再)?回[复覆]我|답장하지 ?마/iu

/** A message of so many words that has a stop word in it says hardly anything else. */
const FEW_WORDS = 4

const withoutHandles = (text: string): string => text.replaceAll(/@\w+/g, ' ').replaceAll(/\s+/g, ' ').trim()

/**
 * Whether a post asks for no more answers. A lone "stop" in any of a dozen languages, or a sentence that says so; "how do I
 * stop the service?" is a question. In doubt it is taken as a wish: one that was missed costs more than one too many.
 */
export const isOptOut = (text: string): boolean => {
  const said = withoutHandles(text.normalize('NFC'))
  if (SENTENCE.test(said)) return true
  return WORD.test(said) && said.split(' ').length <= FEW_WORDS
}
