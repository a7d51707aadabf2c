import { isEnvelope, MARK, type BarAction, type NavLink, type ToAdmin, type ToApp } from '../../app-bridge/messages.ts';
import { answerScopes } from './scopes.ts';
import { appHome, byId, call, type Store } from './store.ts';
import { hideToast, showToast } from './toasts.ts';

/** The admin's side of App Bridge: menu, title, save bar, toasts and session tokens for the framed app. */
export function connectFrame(shop: Store): void {
  const frame = byId<HTMLIFrameElement>('app');
  const bar = document.querySelector<HTMLElement>('.save-bar');
  const progress = document.querySelector<HTMLElement>('.progress');
  if (!frame || !bar || !progress) return;
  let openBar: string | null = null;
  let links: readonly NavLink[] = [];
  let path = '/';

  const tell = (message: ToApp): void => {
    frame.contentWindow?.postMessage({ mark: MARK, message }, shop.appOrigin);
  };

  /** Unsaved changes hold the person back, as they do in Shopify. */
  const go = (href: string): void => {
    if (openBar !== null) {
      bar.animate({ translate: ['0', '-5px', '5px', '0'] }, 300);
      return;
    }
    byId('side')?.classList.remove('open');
    tell({ type: 'navigate', href });
  };

  const showLinks = (): void => {
    const here = new URL(path, shop.appOrigin).pathname;
    const shown = links.filter((link) => !link.home);
    const hrefs = shown.map((link) => new URL(link.href, shop.appOrigin).pathname);
    const current = hrefs
      .filter((href) => here === href || here.startsWith(`${href}/`))
      .sort((a, b) => b.length - a.length)[0];
    byId('app-links')?.replaceChildren(
      ...shown.map((link, index) => {
        const item = document.createElement('li');
        const anchor = document.createElement('a');
        anchor.href = `${appHome(shop)}${link.href}`;
        anchor.textContent = link.label;
        if (hrefs[index] === current) anchor.setAttribute('aria-current', 'page');
        anchor.addEventListener('click', (event) => {
          event.preventDefault();
          go(link.href);
        });
        item.append(anchor);
        return item;
      }),
    );
    byId('app-home')?.classList.toggle('current', current === undefined);
  };

  const showTitle = (title: string, actions: readonly BarAction[]): void => {
    byId('page-title')?.replaceChildren(title === '' ? '' : `· ${title}`);
    byId('title-actions')?.replaceChildren(
      ...actions.map((action, index) => {
        const button = document.createElement('button');
        button.className = action.primary ? 'button primary' : 'button';
        button.textContent = action.label;
        button.disabled = action.disabled;
        button.addEventListener('click', () => tell({ type: 'title-action', index }));
        return button;
      }),
    );
  };

  const showSaveBar = (id: string, shown: boolean, canSave: boolean): void => {
    if (shown) openBar = id;
    else if (openBar === id) openBar = null;
    bar.hidden = openBar === null;
    const save = bar.querySelector<HTMLButtonElement>('[data-save="save"]');
    if (save) save.disabled = !canSave;
  };

  const follow = (next: string): void => {
    path = next;
    const url = new URL(`${appHome(shop)}${next === '/' ? '' : next}`, window.location.origin);
    if (shop.role !== 'owner') url.searchParams.set('as', shop.role);
    history.replaceState(null, '', url);
    showLinks();
  };

  const hear = async (message: ToAdmin): Promise<void> => {
    switch (message.type) {
      case 'hello':
        progress.hidden = true;
        return;
      case 'id-token': {
        const response = await fetch(`/api/id-token?store=${shop.handle}&as=${shop.role}`);
        const { token } = (await response.json()) as { token: string };
        return tell({ type: 'id-token', request: message.request, token });
      }
      case 'scopes':
        return tell({ type: 'scopes', request: message.request, answer: await answerScopes(shop, message.question) });
      case 'nav':
        links = message.links;
        return showLinks();
      case 'location':
        return follow(message.path);
      case 'title-bar':
        return showTitle(message.title, message.actions);
      case 'loading':
        progress.hidden = !message.on;
        return;
      case 'save-bar':
        return showSaveBar(message.id, message.shown, message.canSave);
      case 'toast':
        return showToast(message, {
          acted: () => tell({ type: 'toast-action', id: message.id }),
          dismissed: () => tell({ type: 'toast-dismissed', id: message.id }),
        });
      case 'toast-hide':
        return hideToast(message.id);
      case 'open-top':
        window.location.assign(message.url);
    }
  };

  window.addEventListener('message', (event) => {
    if (event.origin !== shop.appOrigin || event.source !== frame.contentWindow || !isEnvelope(event.data)) return;
    void hear(event.data.message);
  });
  for (const button of bar.querySelectorAll<HTMLButtonElement>('[data-save]')) {
    button.addEventListener('click', () => {
      const action = button.dataset['save'] === 'save' ? 'save' : 'discard';
      if (openBar !== null) tell({ type: 'save-bar-action', id: openBar, action });
    });
  }
  byId('app-home')?.addEventListener('click', (event) => {
    event.preventDefault();
    go(links.find((link) => link.home)?.href ?? '/');
  });
  byId('uninstall')?.addEventListener('click', () => {
    void call(shop, 'uninstall', {}).then(() => window.location.assign('/'));
  });
}
