import polarisStyles from '@shopify/polaris/build/esm/styles.css?url';
import type { ReactNode } from 'react';

import styles from '#app/ui/styles.css?url';

/** A page for anybody, outside the app's frame: a whole document that has no script and cannot have one. */
export function PublicDocument({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="stylesheet" href={polarisStyles} />
        <link rel="stylesheet" href={styles} />
      </head>
      <body>
        <main className="ci-plain ci-public">
          <h1 className="Polaris-Text--root Polaris-Text--headingLg">{title}</h1>
          {children}
        </main>
      </body>
    </html>
  );
}
