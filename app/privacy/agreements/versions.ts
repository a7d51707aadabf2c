import { createHash } from 'node:crypto';

import { TEXT_2026_11_23 } from '#app/privacy/agreements/texts/2026-11-23.ts';

/** One version of the data protection agreement. */
export interface Agreement {
  /** The day of the text, YYYY-MM-DD. */
  readonly version: string;
  /** Lower-case hexadecimal SHA-256 of the exact UTF-8 text. */
  readonly sha256: string;
  /** The exact text; Markdown with headings, paragraphs and lists only. */
  readonly text: string;
}

/** Every version there ever was, oldest first. One that somebody may have accepted is never removed nor changed. */
export const AGREEMENTS: readonly [Agreement, ...Agreement[]] = [agreement('2026-11-23', TEXT_2026_11_23)];

/** The version that is offered for acceptance. */
export const CURRENT_AGREEMENT: Agreement = AGREEMENTS.at(-1) ?? AGREEMENTS[0];

/** The text of a version, or null when there never was one. */
export function getAgreement(version: string): Agreement | null {
  return AGREEMENTS.find((candidate) => candidate.version === version) ?? null;
}

/** A piece of an agreement as a page shows it. */
export type AgreementBlock =
  | { readonly kind: 'heading'; readonly level: 1 | 2; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] };

/** The text in pieces, in order; every word of it is in exactly one of them. */
export function agreementBlocks({ text }: Agreement): AgreementBlock[] {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((block) => {
      if (block.startsWith('## ')) return { kind: 'heading', level: 2, text: block.slice(3) };
      if (block.startsWith('# ')) return { kind: 'heading', level: 1, text: block.slice(2) };
      if (block.startsWith('- '))
        return { kind: 'list', items: block.split('\n').map((line) => line.replace(/^- /, '')) };
      return { kind: 'paragraph', text: block };
    });
}

function agreement(version: string, text: string): Agreement {
  return { version, text, sha256: createHash('sha256').update(text, 'utf8').digest('hex') };
}
