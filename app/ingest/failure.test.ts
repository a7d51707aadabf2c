import { describe, expect, it } from 'vitest';

import { failureCode, isConnectionFailure } from '#app/ingest/failure.ts';

const withCode = (code: string) => Object.assign(new Error('canary@example.com'), { code });

describe('a failure', () => {
  it.each([
    ['away', '57P01', true],
    ['full', '53100', true],
    ['read-only, as a standby is', '25006', true],
    ['asked too long a question', '57014', false],
    ['given a bad row', '22P02', false],
  ])('of a database that is %s (%s) is held against the event: %s', (_, code, isAway) => {
    expect(isConnectionFailure(withCode(code))).toBe(isAway);
    expect(failureCode(withCode(code))).toBe(`sql.${code}`);
  });

  it.each([
    ['timeout expired', 'ETIMEDOUT'],
    ['Query read timeout', 'ETIMEDOUT'],
    ['timeout exceeded when trying to connect', 'ETIMEDOUT'],
    ['Connection terminated due to connection timeout', 'ETIMEDOUT'],
    ['Connection terminated unexpectedly', 'ECONNRESET'],
  ])('that pg tells in words alone, "%s", has a code, and is nobody’s fault', (words, code) => {
    expect(failureCode(new Error(words))).toBe(code);
    expect(isConnectionFailure(new Error(words))).toBe(true);
  });

  it.each([
    ['vault.kek-unreachable', true],
    ['vault.bad-keyring', true],
    ['vault.unopenable', false],
  ])('of a key (%s) is held against the event unless the key is away: %s', (code, isAway) => {
    expect(isConnectionFailure(withCode(code))).toBe(isAway);
  });

  it('is told by its code or kind, never by its text', () => {
    expect(failureCode(new RangeError('canary@example.com'))).toBe('error.RangeError');
    expect(isConnectionFailure(new Error('canary: timeout expired'))).toBe(false);
  });
});
