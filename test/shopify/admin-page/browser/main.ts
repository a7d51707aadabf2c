import { connectFrame } from './frame.ts';
import { watchShoppers } from './shoppers.ts';
import { appHome, byId, call, store, type Store } from './store.ts';

function menuButton(): void {
  const button = document.querySelector<HTMLButtonElement>('.menu-button');
  const show = (open?: boolean): void => {
    const isOpen = byId('side')?.classList.toggle('open', open) ?? false;
    button?.setAttribute('aria-expanded', String(isOpen));
  };
  button?.addEventListener('click', () => show());
  document.querySelector('.backdrop')?.addEventListener('click', () => show(false));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') show(false);
  });
}

function staffSwitcher(): void {
  byId<HTMLSelectElement>('staff')?.addEventListener('change', (event) => {
    const url = new URL(window.location.href);
    url.searchParams.set('as', (event.target as HTMLSelectElement).value);
    window.location.assign(url);
  });
}

function shopifyButtons(shop: Store): void {
  byId('install')?.addEventListener('click', () => {
    void call(shop, 'install', {}).then(() => window.location.assign(`${appHome(shop)}?as=${shop.role}`));
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-compliance]')) {
    button.addEventListener('click', () => {
      const topic = button.dataset['compliance'];
      const customerId = Number(byId<HTMLSelectElement>('subject')?.value);
      void call(shop, 'compliance', { topic, customerId }).then((answer) => {
        const { status } = answer as { status: number | null };
        byId('played')?.replaceChildren(`${topic}: the app answered ${status ?? 'nothing'}`);
      });
    });
  }
}

if (store) {
  menuButton();
  staffSwitcher();
  shopifyButtons(store);
  connectFrame(store);
  watchShoppers(store);
}
