import { describe, expect, it } from 'vitest';

import { parseEmail } from '#app/privacy/agreements/signer.ts';
import { agreementBlocks, AGREEMENTS, CURRENT_AGREEMENT, getAgreement } from '#app/privacy/agreements/versions.ts';
import { RETENTION_CLASSES } from '#app/privacy/retention.ts';

/** Never change a line: somebody may have accepted exactly this text. Add one for a new version. */
const DIGESTS: Readonly<Record<string, string>> = {
  '2026-11-23': '1efee71e6736f2859d8c400abc63281423da9f550fee15ed85ed3f414ad806c2',
};

describe('the agreement', () => {
  it('has every version there ever was, letter for letter', () => {
    expect(Object.fromEntries(AGREEMENTS.map(({ version, sha256 }) => [version, sha256]))).toEqual(DIGESTS);
  });

  it('is looked up by version', () => {
    expect(getAgreement(CURRENT_AGREEMENT.version)).toBe(CURRENT_AGREEMENT);
    expect(getAgreement('1999-01-01')).toBeNull();
  });

  it('promises the retention that the registry declares', () => {
    const promised = (['inbox', 'cart', 'access-log', 'request', 'agreement'] as const).map(
      (name) => /^\d+ \w+/.exec(RETENTION_CLASSES[name].limit)?.[0] ?? 'nothing',
    );
    for (const limit of promised) expect(CURRENT_AGREEMENT.text).toContain(limit);
  });

  it('is shown whole: the pieces have every word, in order', () => {
    const words = (text: string) =>
      text
        .replace(/^[#-]+ /gm, '')
        .split(/\s+/)
        .filter(Boolean);
    const shown = agreementBlocks(CURRENT_AGREEMENT).flatMap((block) =>
      block.kind === 'list' ? block.items : [block.text],
    );
    expect(words(shown.join('\n'))).toEqual(words(CURRENT_AGREEMENT.text));
    expect(shown.some((text) => text.startsWith('#') || text.startsWith('- '))).toBe(false);
  });
});

describe('an e-mail address', () => {
  it.each(['a@b.example', ' privacy+eu@shop.example ', 'jörg@müller.example', `${'a'.repeat(240)}@b.example`])(
    '"%s" is one',
    (text) => {
      expect(parseEmail(text)).toBe(text.trim());
    },
  );

  it.each([
    '',
    'privacy',
    'a@b',
    'a@b..example',
    '@b.example',
    'a b@c.example',
    'a@b.example,c@d.example',
    'a@@b.example',
    'a@b.example\nbcc: x@y.example',
    `${'a'.repeat(250)}@b.example`,
  ])('"%s" is none', (text) => {
    expect(parseEmail(text)).toBeNull();
  });
});
