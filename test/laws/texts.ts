import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { appSources, at, nodesOf, parse, type Source } from '#test/laws/source.ts';

/** Attributes and properties whose value somebody reads, or hears from a screen reader. */
const READ_BY_PEOPLE = new Set(
  `alt title subtitle label labelHidden helpText placeholder content heading children error text description aria-label
   aria-description aria-roledescription accessibilityLabel ariaLabel tooltip summary caption message action`.split(
    /\s+/,
  ),
);

const hasWord = (text: string) => /\p{L}{2}/u.test(text);
/** At least two words with a blank between: nobody writes that for a machine, save with an equals sign (`width=…, …`, `<script nonce="…"`). */
const isSentence = (text: string) => /\p{L}{2,}[,.:;!?’']* \p{L}+/u.test(text) && !/\w=["\w]/.test(text);

/** Texts in a page or component that are not from the catalogue. */
function strayTexts(source: Source): string[] {
  return [...nodesOf(source.tree)].flatMap((node) => {
    const text = strayText(node);
    return text === null ? [] : [`${at(source, node)}: ${text.trim()}`];
  });
}

function strayText(node: ts.Node): string | null {
  if (ts.isJsxText(node)) return hasWord(node.text) ? node.text : null;
  const text = literalText(node);
  if (text === null || !hasWord(text) || isForMachines(node)) return null;
  return isReadByPeople(node) || isSentence(text) ? text : null;
}

function literalText(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join(' ');
  }
  return null;
}

/** Directly a child of an element, or the value of something people read. */
function isReadByPeople(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isJsxExpression(parent)) return ts.isJsxAttribute(parent.parent) ? isReadName(parent.parent.name) : true;
  if (ts.isJsxAttribute(parent)) return isReadName(parent.name);
  if (ts.isPropertyAssignment(parent)) return isReadName(parent.name);
  if (ts.isConditionalExpression(parent) && parent.condition !== node) return isReadByPeople(parent);
  return false;
}

const isReadName = (name: ts.Node) => READ_BY_PEOPLE.has(name.getText());

/** Module names, types, class names, styles, headers, error messages for the log. */
function isForMachines(node: ts.Node): boolean {
  for (let outer = node.parent; !ts.isSourceFile(outer); outer = outer.parent) {
    if (ts.isImportDeclaration(outer) || ts.isExportDeclaration(outer) || ts.isTypeNode(outer)) return true;
    if (ts.isJsxOpeningLikeElement(outer) && outer.tagName.getText() === 'meta') return true;
    if (ts.isNewExpression(outer) && outer.expression.getText().endsWith('Error')) return true;
    const name = ts.isJsxAttribute(outer) || ts.isPropertyAssignment(outer) ? outer.name.getText() : '';
    if (/^(className|style|sizes|media|viewBox|d|points|transform|rel|content-security-policy)$/i.test(name))
      return true;
  }
  return false;
}

describe('law 10: every text that people read is in the catalogue', () => {
  const sources = appSources('app/{routes,ui}/**/*.tsx').concat(appSources('app/*.tsx'));

  it('in every page and component', () => {
    expect(sources.flatMap(strayTexts)).toEqual([]);
  });

  it.each([
    'export const A = () => <Text as="p">Your carts</Text>;',
    'export const A = () => <Text as="p">{"Carts"}</Text>;',
    'export const A = () => <Text as="p">{isNew ? "New" : null}</Text>;',
    'export const A = () => <Button accessibilityLabel="Close" />;',
    'export const A = () => <Page primaryAction={{ content: "Save" }} />;',
    'export const A = () => <img alt={`Picture of ${name}`} />;',
    'const sorry = "Something went wrong"; export const A = () => <p>{sorry}</p>;',
  ])('control: `%s` is caught', (text) => {
    expect(strayTexts(parse('app/ui/X.tsx', text))).toHaveLength(1);
  });

  it('control: what machines read is not caught', () => {
    const good = `
      import { texts } from '#app/ui/texts/texts.ts';
      export const A = () => (
        <Text as="p" tone="subdued"><span className="Cart Cart--new" style={{ font: 'bold 1em serif' }}>{texts.appName} · {1}</span></Text>
      );`;
    expect(strayTexts(parse('app/ui/X.tsx', good))).toEqual([]);
  });
});
