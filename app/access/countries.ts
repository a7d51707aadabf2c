/** A country that somebody can choose. */
export interface Country {
  readonly code: string;
  readonly name: string;
}

const LETTERS = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
/** Two letters that stand for no country: unions, tests, the unknown. */
const NONE = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ']);

let choices: readonly Country[] | null = null;

/** Every country with its English name, by name; from the system's own list, without those that exist no more. */
export function countryChoices(): readonly Country[] {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  choices ??= LETTERS.flatMap((first) => LETTERS.map((second) => `${first}${second}`))
    .flatMap((code) => {
      const name = names.of(code);
      const isCurrent = !NONE.has(code) && new Intl.Locale('und', { region: code }).region === code;
      return name === undefined || !isCurrent ? [] : [{ code, name }];
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
  return choices;
}
