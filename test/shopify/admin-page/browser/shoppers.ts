import type { ShopActivity } from '../activity-answer.ts';
import { byId, call, type Store } from './store.ts';

const EVERY_MS = 1_500;
const SHOWN = 12;

/** The little panel that says what shoppers are doing, and lets more or fewer of them in. */
export function watchShoppers(shop: Store): void {
  const list = byId('activity');
  const count = byId('shoppers');
  const hint = byId('shoppers-hint');
  if (!list || !count || !hint) return;
  let last = 0;
  let size = 0;

  const show = (activity: ShopActivity): void => {
    size = activity.shoppers;
    count.textContent = String(size);
    hint.hidden = size > 0 || list.childElementCount > 0;
    for (const line of activity.lines) {
      last = line.number;
      const item = document.createElement('li');
      item.className = 'new';
      const time = document.createElement('time');
      time.dateTime = line.at;
      time.textContent = new Date(line.at).toLocaleTimeString('en-GB');
      item.append(time, line.text);
      list.prepend(item);
    }
    while (list.childElementCount > SHOWN) list.lastElementChild?.remove();
    const { delivered, failed } = activity.webhooks;
    const sum = byId('webhooks');
    if (sum && delivered + failed > 0) {
      sum.textContent = `${delivered.toLocaleString()} webhooks taken${failed > 0 ? `, ${failed.toLocaleString()} given up` : ''}`;
    }
  };

  const look = async (): Promise<void> => {
    if (!document.hidden) {
      await call(shop, `activity?after=${last}`).then(
        (answer) => show(answer as ShopActivity),
        () => undefined, // the stand-in was stopped; the next look tells
      );
    }
    setTimeout(() => void look(), EVERY_MS);
  };
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-shoppers]')) {
    button.addEventListener('click', () => {
      size = Math.max(0, size + Number(button.dataset['shoppers']));
      count.textContent = String(size);
      void call(shop, 'shoppers', { size });
    });
  }
  void look();
}
