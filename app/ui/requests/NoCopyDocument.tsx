import { copyLinkTexts as t } from '#app/ui/texts/copy-link.ts';

/** A page of its own, without a script. */
export function NoCopyDocument() {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{t.nothingTitle}</title>
      </head>
      <body>
        <main>
          <h1>{t.nothingTitle}</h1>
          <p>{t.nothing}</p>
        </main>
      </body>
    </html>
  );
}
