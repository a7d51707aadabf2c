import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { readJson, writeJson } from '#test/demo/json-file.ts';

/** Made up at the first start and kept beside the data, which cannot be opened without them. */
export interface DemoSecrets {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly keks: string;
  readonly loginPassword: string;
}

/** @returns the secrets of this folder, made when there are none. */
export function keepSecrets(directory: string): DemoSecrets {
  const file = join(directory, 'secrets.json');
  const kept = readJson(file) as DemoSecrets | null;
  if (kept !== null) return kept;
  const made = {
    apiKey: randomBytes(16).toString('hex'),
    apiSecret: `shpss_${randomBytes(16).toString('hex')}`,
    keks: `demo:${randomBytes(32).toString('base64')}`,
    loginPassword: randomBytes(18).toString('base64url'),
  };
  writeJson(file, made);
  return made;
}
