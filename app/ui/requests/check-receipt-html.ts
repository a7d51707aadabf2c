import { type ComponentProps, createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import { CheckReceiptDocument } from '#app/ui/requests/CheckReceiptDocument.tsx';

/** The public page as text: its address also answers programs, so it is no page of Remix. */
export function checkReceiptHtml(props: ComponentProps<typeof CheckReceiptDocument>): string {
  return `<!doctype html>${renderToStaticMarkup(createElement(CheckReceiptDocument, props))}`;
}
