import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import { NoCopyDocument } from '#app/ui/requests/NoCopyDocument.tsx';

/** The answer to every link that gives nothing. It is no page of Remix: the address it stands at gives out a file. */
export function noCopyHtml(): string {
  return `<!doctype html>${renderToStaticMarkup(createElement(NoCopyDocument))}`;
}
