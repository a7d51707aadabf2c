/** The laws of the code base. Each is proven here together with a control: something forbidden that has to be caught. */
import { vi } from 'vitest';

import '#test/laws/walls.ts';
import '#test/laws/circles.ts';
import '#test/laws/openers.ts';
import '#test/laws/padded.ts';
import '#test/laws/no-scores.ts';
import '#test/laws/texts.ts';
import '#test/laws/outbound.ts';
import '#test/laws/leaving.ts';
import '#test/laws/registered.ts';
import '#test/laws/tenancy-catalogue.ts';
import '#test/laws/canaries.ts';
import '#test/laws/tenant-matrix.ts';
import '#test/laws/operators.ts';
import '#test/laws/accounted.ts';
import '#test/laws/app-review.ts';

// Law 8 counts at the vault itself what is opened; see vault-count.ts. For every other law it is the vault as it is.
vi.mock(import('#app/vault/sealed-json.ts'), async (original) => {
  const { countingVault } = await import('#test/support/vault-count.ts');
  return countingVault(await original());
});
