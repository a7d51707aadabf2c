import { createHash } from 'node:crypto';

import { REGISTRY } from '#app/privacy/registry.ts';
import { canonicalJson } from '#app/privacy/receipts/statement.ts';

const VERSION_CHARS = 16;

/** The registry's own fingerprint: another one as soon as any column, rule or word of it changes. */
export const REGISTRY_VERSION = createHash('sha256')
  .update(canonicalJson(REGISTRY))
  .digest('hex')
  .slice(0, VERSION_CHARS);
