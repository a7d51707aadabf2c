import { type ComponentProps, createElement, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import { CheckReceiptDocument } from '#app/ui/requests/CheckReceiptDocument.tsx';
import { NoCopyDocument } from '#app/ui/requests/NoCopyDocument.tsx';

/** Public pages as text: their addresses also answer programs, or give out a file, so they are no pages of Remix. */

export function checkReceiptHtml(props: ComponentProps<typeof CheckReceiptDocument>): string {
  return htmlOf(createElement(CheckReceiptDocument, props));
}

export function noCopyHtml(): string {
  return htmlOf(createElement(NoCopyDocument));
}

function htmlOf(document: ReactElement): string {
  return `<!doctype html>${renderToStaticMarkup(document)}`;
}
