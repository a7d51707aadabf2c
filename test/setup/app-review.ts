import { writeFileSync } from 'node:fs';

import { renderAppReview } from '#app/privacy/app-review.ts';

/** Writes docs/app-review.md from the registry. Run it after changing anything under app/privacy/. */
writeFileSync(new URL('../../docs/app-review.md', import.meta.url), renderAppReview());
