/** One line of what shoppers just did, for the admin page. */
export interface Activity {
  readonly number: number;
  readonly at: string;
  readonly shop: string;
  readonly text: string;
}

export interface ActivityLog {
  add(shop: string, text: string): void;
  /** The newest lines of a shop after `number`, oldest first. */
  since(shop: string, number: number): Activity[];
}

const KEPT = 400;
const SHOWN = 40;

export function createActivityLog(now: () => Date): ActivityLog {
  const lines: Activity[] = [];
  let last = 0;
  return {
    add: (shop, text) => {
      lines.push({ number: ++last, at: now().toISOString(), shop, text });
      lines.splice(0, Math.max(0, lines.length - KEPT));
    },
    since: (shop, number) => lines.filter((line) => line.shop === shop && line.number > number).slice(-SHOWN),
  };
}
