import { describe, expect, it } from 'vitest'
import { readGroupLabel } from '../../src/x/read/metrics.ts'

const ALL = { replies: 1, reposts: 2, likes: 3, bookmarks: 4, views: 5678 }

describe('the label of a post’s group of buttons', () => {
  it.each([
    ['1 reply, 2 reposts, 3 likes, 4 bookmarks, 5678 views'],
    ['1 Antwort, 2 Reposts, 3 „Gefällt mir“-Angaben, 4 Lesezeichen, 5678 Mal angezeigt'],
    ['1 respuesta, 2 reposts, 3 Me gusta, 4 elementos guardados, 5678 reproducciones'],
    ['1 réponse, 2 reposts, 3 J’aime, 4 signets, 5678 vues'],
    ['1 resposta, 2 reposts, 3 curtidas, 4 itens salvos, 5678 visualizações'],
    ['1 risposta, 2 repost, 3 Mi piace, 4 segnalibri, 5678 visualizzazioni'],
    ['1 件の返信、2 件のリポスト、3 件のいいね、4 件のブックマーク、5678 件の表示'],
    ['1 回复、2 次转帖、3 喜欢、4 书签、5678 次观看'],
    ['답글 1개, 재게시 2회, 마음에 들어요 3개, 북마크 4개, 조회수 5678회'],
    ['1 ответ, 2 репоста, 3 отметки «Нравится», 4 закладки, 5678 просмотров'],
    ['1 ردًا، 2 إعادة نشر، 3 إعجابًا، 4 إشارة مرجعية، 5678 مشاهدة'],
    ['1 जवाब, 2 रीपोस्ट, 3 लाइक, 4 बुकमार्क, 5,678 दृश्य'],
    ['1 odpowiedź, 2 podania dalej, 3 polubienia, 4 zakładki, 5678 wyświetleń'],
    ['1 reply,2 reposts,3 likes,4 bookmarks,5,678 views'],
    ['1 reply · 2 reposts · 3 likes · 4 bookmarks · 5,678 views'],
    ['1 reply 2 reposts 3 likes and 4 bookmarks 5.678 views'],
    ['1 yanıt, 2 yeniden gönderi, 3 beğeni, 4 yer işareti, 5678 görüntülenme'],
  ])('%s', (label) => {
    expect(readGroupLabel(label)).toEqual({ figures: ALL, whole: true })
  })

  // In this order each part names a figure by its word alone, since none stands in its place.
  it.each([
    ['5678 visningar, 2 reposter, 1 svar, 4 bokmärken, 3 gilla-markeringar'],
    ['5678 visninger, 2 reposts, 1 svar, 4 bogmærker, 3 synes godt om'],
    ['5678 näyttökertaa, 2 uudelleenjulkaisua, 1 vastaus, 4 kirjanmerkkiä, 3 tykkäystä'],
    ['5678 переглядів, 2 репости, 1 відповідь, 4 закладки, 3 вподобання'],
    ['5678 zobrazení, 2 reposty, 1 odpověď, 4 záložky, 3 líbí se mi'],
    ['5678 προβολές, 2 αναδημοσιεύσεις, 1 απάντηση, 4 σελιδοδείκτες, 3 μου αρέσει'],
    ['5678 צפיות, 2 פרסומים מחדש, 1 תגובה, 4 סימניות, 3 לייקים'],
    ['5678 การดู, 2 รีโพสต์, 1 การตอบกลับ, 4 บุ๊กมาร์ก, 3 ถูกใจ'],
    ['5678 lượt xem, 2 lượt đăng lại, 1 lượt trả lời, 4 dấu trang, 3 lượt thích'],
    ['5678 次觀看、2 則轉發、1 則回覆、4 個書籤、3 個喜歡'],
    ['5678 vizualizări, 2 repostări, 1 răspuns, 4 marcaje, 3 aprecieri'],
    ['5678 megtekintés, 2 újraposztolás, 1 válasz, 4 könyvjelző, 3 kedvelés'],
    ["5678 visualitzacions, 2 reposts, 1 resposta, 4 bookmarks, 3 m'agrada"],
  ])('%s', (label) => {
    expect(readGroupLabel(label)).toEqual({ figures: ALL, whole: true })
  })

  it('groups thousands without being split by them', () => {
    expect(readGroupLabel('1,234 replies, 12,345,678 views').figures).toEqual({ replies: 1234, views: 12_345_678 })
  })

  it('is read by place when its words are not known and all five are there', () => {
    expect(readGroupLabel('1 aa, 2 bb, 3 cc, 4 dd, 5678 ee')).toEqual({ figures: ALL, whole: true })
  })

  it('lets its place name a figure whose word is not known, when all that are known stand in theirs', () => {
    expect(readGroupLabel('1 reply, 2 reposts, 3 likes, 4 zorbs, 5678 views')).toEqual({ figures: ALL, whole: true })
    expect(readGroupLabel('1 zorb, 3 likes, 2 reposts, 4 bookmarks, 5678 views').figures).not.toHaveProperty('replies')
  })

  it('is not whole when a part is not understood, so nothing is taken for zero', () => {
    expect(readGroupLabel('3 likes, 9 zorbs')).toEqual({ figures: { likes: 3 }, whole: false })
  })

  it('says nothing when it is empty', () => {
    expect(readGroupLabel('')).toEqual({ figures: {}, whole: false })
  })
})
