/** The page behind a link to a copy, for the person it is about. */
export const copyLinkTexts = {
  title: 'Your copy',
  intro:
    'Here you fetch the copy of everything that Cart Insights holds about you for a shop that no longer uses it. You asked for it, and we made sure that it is you.',
  once: 'It can be fetched once. With that it is destroyed here, so save the file where only you can open it.',
  inside: 'You get one ZIP file. Open index.html in it to read your data; the rest is for other programs.',
  fetch: 'Fetch my copy',
  nothingTitle: 'There is no copy here',
  nothing:
    'This link gives nothing, or nothing any more: a link works once, and for three days at most. If you still need your copy, answer the message in which you got the link, or ask again.',
};
