import { describe, expect, it } from 'vitest';
import { costOf } from './cost.ts';
import { readDocument, select } from './selection.ts';

const DATA = {
  shop: { id: 'gid://shopify/Shop/1', name: 'Atelier Nord', secret: 'not asked for' },
  nodes: [{ __typename: 'ProductVariant', id: '1' }, { __typename: 'Product', id: '2' }, null],
};
const ask = (text: string): unknown => select(DATA, readDocument(text).selections);

describe('a GraphQL answer', () => {
  it('holds what was asked for, under its aliases, and nothing else', () => {
    const text = `# a comment with { braces }
      query Two($ids: [ID!]! = ["{"], $n: Int) {
        store: shop { name }
        nodes(ids: $ids, filter: { text: ")" }) { ... on ProductVariant { id } ...P }
      }
      fragment P on Product { key: id }`;
    expect(readDocument(text).operationName).toBe('Two');
    expect(ask(text)).toEqual({ store: { name: 'Atelier Nord' }, nodes: [{ id: '1' }, { key: '2' }, null] });
  });

  it('is an error for unknown fields, objects without subfields, and documents that cannot be read', () => {
    expect(() => ask('query A { shop { nam } }')).toThrow("Field 'nam' doesn't exist on 'shop'");
    expect(() => ask('query A { shop }')).toThrow("Field 'shop' must have a selection of subfields");
    expect(() => ask('{ shop { name } }')).toThrow();
    expect(() => ask('query A { shop { name }')).toThrow('its end');
    expect(() => ask('query A { shop @skip(if: true) { name } }')).toThrow('directives');
  });

  it('costs an object for every object asked for, of every item of a list', () => {
    const cost = (text: string): number => {
      const { kind, selections } = readDocument(text);
      return costOf(kind, selections, DATA);
    };
    expect(cost('query A { shop { name } }')).toBe(1);
    expect(cost('query A { nodes(ids: $ids) { id } }')).toBe(3);
    expect(cost('query A { nodes { ... on P { id a { b { c } } } ... on Q { id a { b } } } shop { name } }')).toBe(10);
    expect(cost('mutation A { shop { name } }')).toBe(10);
  });
});
