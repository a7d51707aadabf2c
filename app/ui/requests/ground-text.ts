import { requests } from '#app/ui/texts/requests.ts';

const { pauseGrounds, extensionGrounds, refusalGrounds, takeBackReasons } = requests.actions;

const TEXTS: Readonly<Record<string, string>> = {
  ...pauseGrounds,
  ...extensionGrounds,
  ...refusalGrounds,
  ...takeBackReasons,
};

/** The words for the ground on which a request was paused, extended, refused or taken back; the code itself where there are none. */
export function groundText(ground: string): string {
  return TEXTS[ground] ?? ground;
}
