import type { Metrics } from '@surepost/shared/contracts'

/**
 * What X's interface says in the languages that we know it in. Only words that decide something are here: a page
 * in another language is read by its attributes and, failing those, reported as not understood, never guessed.
 */

export type Figure = keyof Metrics

// prettier-ignore
const FIGURE_WORDS: readonly (readonly [Figure, RegExp])[] = [
  ['replies', /\brepl(?:y|ies)\b|antwort|antwoord|r[ée]pon|respuesta|respost[ae]|rispost|svar|vastau|odpowied|odpov[ěe]|yan[ıi]t|balasan|trả lời|ответ|відповід|απ[αά]ντ|返信|回复|回覆|답글|ردود|(?<!\p{L})ردا?(?!\p{L})|پاسخ|תגוב|जवाब|उत्तर|ตอบกลับ|válasz|răspuns/iu],
  ['reposts', /repost|retweet|retuit|republica|herpost|återpublic|gepost|uudelleen|αναδημοσ|újraposzt|posting ulang|podania dalej|podań dalej|rediffus|yeniden gönder|đăng lại|udostępni|репост|ретвит|リポスト|リツイート|转帖|轉發|转发|轉推|转推|리포스트|재게시|리트윗|إعاد|بازنشر|מחדש|रीपोस्ट|รีโพสต์/iu],
  ['quotes', /\bquotes?\b|zitat|citaz|citation|\bcitas?\b|citaç|citaat|цитат|引用|인용|alıntı|اقتباس|kutipan/iu],
  ['likes', /\blikes?\b|gefällt|me gusta|j['’]aime|m['’]agrada|curtid|\bgostos?\b|mi piace|vind-ik-leuk|gilla|synes godt om|tykkä|polub|beğeni|suka\b|lượt thích|нравится|вподоб|лайк|μου αρέσει|いいね|喜欢|喜歡|마음에 들어|좋아요|إعجاب|پسند|पसंद|लाइक|ถูกใจ|ชื่นชอบ|לייק|אהב|líbí|kedvel|aprecier/iu],
  ['bookmarks', /bookmark|lesezeichen|guardad|signet|\bsalv[oa]s?\b|salvament|salvatagg|marcador|segnalib|bladwijzer|bokmärk|bogmærk|bokmerk|kirjanmerk|marcaj|könyvjelz|zakład|záložk|yer (?:işaret|imi)|markah|dấu trang|закладк|закладок|σελιδοδείκτ|ブックマーク|书签|書籤|북마크|علامات|علامة|إشارات|نشانک|סימני|बुकमार्क|บุ๊กมาร์ก/iu],
  ['views', /\bviews?\b|angezeigt|aufruf|\bvues?\b|visualiza|visualitzac|visualizz|reproducc|\bvistas?\b|weergegeven|visning|weergave|näyttö|katselu|wyświetle|zobraz|görüntüle|tayangan|dilihat|lượt xem|просмотр|перегляд|προβολ|表示|閲覧|查看|观看|觀看|浏览|瀏覽|조회|مشاهد|بازدید|צפיות|व्यू|दृश्य|बार देखा|ดู|megtekint|vizualiz/iu],
]

// Vowel signs that Arabic may be written with or without.
const ARABIC_SIGNS = /[\u064b-\u0652\u0640]/gu

/** The figure that a part of a label names; `undefined` for none or for more than one. */
export const figureNamed = (text: string): Figure | undefined => {
  const bare = text.normalize('NFC').replaceAll(ARABIC_SIGNS, '')
  const named = FIGURE_WORDS.filter(([, words]) => words.test(bare)).map(([figure]) => figure)
  return named.length === 1 ? named[0] : undefined
}

/** Before the handle of the person behind an automated account, on its profile. */
export const AUTOMATED_BY =
  /automated by|automatisiert von|automatizad[ao] por|automatisé par|automatizzato da|geautomatiseerd door|automatiserat? av|automatisert av|automatiseret af|zautomatyzowan\p{L}+ przez|автоматизировано|автоматизовано|otomatikleştiren|diotomatiskan oleh|による自動|自動化|由.{0,60}自动|자동화/iu

export const PINNED =
  /\bpinned\b|angepinnt|angeheftet|fijado|fixado|[ée]pingl[ée]|fissato|vastgemaakt|fäst|przypięt|sabitlen|закреплен|закріплен|固定|置顶|置頂|고정|مثبت|ปักหมุด/iu
const AD =
  'ad|promoted|sponsored|anzeige|gesponsert|promocionado|patrocinado|promovido|publicidad|sponsorisé|publicité|sponsorizzato|advertentie|annons|reklama|реклама|プロモーション|広告|推荐|推廣|推广|광고|프로모션|إعلان'
/** The context of a promoted entry begins so ("Promoted by …"). */
export const PROMOTED = new RegExp(`^(?:${AD})(?:\\s|$)`, 'iu')
/** Its label is this and nothing else. */
export const AD_LABEL = new RegExp(`^(?:${AD})$`, 'iu')

// prettier-ignore
export type Trouble =
  | 'deleted' | 'suspended' | 'protected' | 'age_gated' | 'withheld' | 'went_wrong' | 'throttled'

/** X's own failure, with or without a button to try again. */
export const WENT_WRONG =
  /something went wrong|try reloading|etwas ist schiefgelaufen|algo salió mal|une erreur s'est produite|algo deu errado|qualcosa è andato storto|er is iets (?:fout|mis)\s?gegaan|något gick fel|coś poszło nie tak|что-то пошло не так|щось пішло не так|bir şeyler (?:ters|yanlış) gitti|bir sorun oluştu|terjadi kesalahan|đã xảy ra lỗi|問題が発生|出错了|出了點問題|發生錯誤|문제가 발생|حدث خطأ|कुछ गड़बड़|कुछ गलत/iu

/** Sentences of pages and tombstones, apostrophes straightened, the most particular first. */
// prettier-ignore
export const TROUBLES: readonly (readonly [Trouble, RegExp])[] = [
  ['deleted', /this (?:post|tweet) was deleted|dieser (?:post|tweet) wurde .{0,60}gelöscht|este post fue eliminado|ce post a été supprimé|este post foi (?:excluído|apagado)|questo post è stato eliminato|このポストは.{0,20}削除|此帖子已被.{0,12}删除/iu],
  ['suspended', /from a suspended account|account (?:is |has been )?suspended|suspends accounts|gesperrten account|cuenta suspendida|compte suspendu|conta suspensa|アカウントは凍結/iu],
  ['age_gated', /age[- ]restricted|under 18 years|appropriate for people under|altersbeschränk|restricción de edad|limite d'âge|年齢制限/iu],
  ['protected', /limits who can view|these posts are protected|unable to view this (?:post|tweet)|doesn't have permission|geschützt|posts? protegid|posts? (?:sont )?protégés?|非公開/iu],
  ['withheld', /has been withheld|withheld in|account (?:that )?(?:no longer exists|doesn't exist)|violated the x rules|is unavailable|isn't available|nicht verfügbar|no está disponible|n'est pas disponible|não está disponível/iu],
  ['throttled', /rate limit exceeded|you are rate limited/iu],
  ['went_wrong', WENT_WRONG],
  ['deleted', /this page doesn't exist|diese seite existiert nicht|esta página no existe|cette page n'existe pas|esta página não existe|questa pagina non esiste|deze pagina bestaat niet|sidan finns inte|ta strona nie istnieje|(?:эта|такая) страница не существует|цієї сторінки не існує|bu sayfa (?:mevcut değil|yok)|halaman ini tidak ada|このページは存在しません|此页面不存在|此頁面不存在|페이지가 존재하지 않|هذه الصفحة غير موجودة|यह पेज मौजूद नहीं/iu],
]

export const CONSENT =
  /accept all cookies|alle cookies akzeptieren|aceptar todas las cookies|accepter tous les cookies|aceitar todos os cookies|accetta tutti i cookie|すべてのクッキーを/iu
export const CHALLENGE =
  /verify (?:you are|you're|that you are) (?:a )?human|confirm (?:it's you|you're human)|your account has been locked|pass an? .{0,20}challenge|checking (?:your browser|if the site connection is secure)|enable javascript and cookies to continue|authenticate your account|unusual (?:login|activity)|bestätige deine identität/iu

/** The entry of a post's menu that deletes it. */
export const DELETE =
  /^\s*(?:delete|löschen|eliminar|borrar|supprimer|excluir|apagar|elimina|verwijderen|ta bort|slet|slett|poista|usuń|sil|hapus|xóa|удалить|видалити|διαγραφή|削除|删除|刪除|삭제|حذف|हटाएं|ลบ)(?!\p{L})/iu
