import { en, type Texts } from '#app/ui/texts/en.ts';

/** The texts of the pages. English is the only language so far; the place where another one would be chosen. */
export const texts: Texts = en;
