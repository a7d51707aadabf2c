import { html, type Html } from './html.ts';

/** The frame of every page. `top` is the dark bar's content. */
export function layout(title: string, top: Html, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/admin.css" />
      </head>
      <body>
        <header class="top">${top}</header>
        ${content}
        <script src="/assets/admin.js"></script>
      </body>
    </html>`;
}

export const standInLabel = html`<span class="stand-in" title="This page plays the part of Shopify admin"
  >Stand-in<span class="long"> for Shopify admin</span></span
>`;
