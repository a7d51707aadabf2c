import polarisStyles from '@shopify/polaris/build/esm/styles.css?url';

import styles from '#app/ui/styles.css?url';
import { copyLinkTexts as t } from '#app/ui/texts/copy-link.ts';

/** A page of its own, without a script. */
export function NoCopyDocument() {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{t.nothingTitle}</title>
        <link rel="stylesheet" href={polarisStyles} />
        <link rel="stylesheet" href={styles} />
      </head>
      <body>
        <main className="ci-plain ci-public">
          <h1 className="Polaris-Text--root Polaris-Text--headingLg">{t.nothingTitle}</h1>
          <p>{t.nothing}</p>
        </main>
      </body>
    </html>
  );
}
