import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { FIELDS } from '#app/privacy/registry.ts';
import { appSources, at, nodesOf, parse, type Source } from '#test/laws/source.ts';

/** Words for judging people by machine. None of them names a column, a field or anything else in the code. */
const JUDGING = new Set(
  `score scores scored scoring rank ranks ranked ranking predict predicts predicted prediction predictions predictor
   propensity likelihood churn ltv rfm profiling creditworthiness trustworthiness`.split(/\s+/),
);

/** `customerScore`, `customer_score` and `CUSTOMER-SCORE` alike. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
}

const judges = (name: string) => wordsOf(name).some((word) => JUDGING.has(word));

/** Names in a file that judge: identifiers, and property names in quotes. Sentences that say we do not are not names. */
function judgingNames(source: Source): string[] {
  return [...nodesOf(source.tree)].flatMap((node) => {
    const isName =
      ts.isIdentifier(node) ||
      (ts.isStringLiteral(node) && ts.isPropertyAssignment(node.parent) && node.parent.name === node);
    return isName && judges(node.text) ? [`${at(source, node)}: ${node.text}`] : [];
  });
}

describe('law 9: nobody is scored, ranked or predicted', () => {
  it('in no column', () => {
    expect(FIELDS.length).toBeGreaterThan(200);
    expect(FIELDS.map(({ name }) => name).filter(judges)).toEqual([]);
  });

  it('in no name of the code', () => {
    expect(appSources().flatMap(judgingNames)).toEqual([]);
  });

  it.each(['const customerScore = 1', 'interface P { churnRisk: number }', "const row = { 'likelihood_to_buy': 1 }"])(
    'control: `%s` is caught',
    (text) => {
      expect(judgingNames(parse('app/carts/x.ts', text))).toHaveLength(1);
    },
  );

  it('control: a column is caught', () => {
    expect(judges('app.people.rfm_class')).toBe(true);
    expect(judges('app.carts.franking_number')).toBe(false);
  });
});
