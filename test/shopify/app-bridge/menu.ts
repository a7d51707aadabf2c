import { record } from './calls.ts';
import { appPath } from './config.ts';
import { onAdmin, tellAdmin } from './host.ts';
import type { BarAction, NavLink } from './messages.ts';

/** `<ui-nav-menu>` and `<s-app-nav>`: the admin page shows the links. */
export class NavMenuElement extends HTMLElement {
  #observer = new MutationObserver(() => this.#announce());

  connectedCallback(): void {
    this.style.display = 'none';
    this.#observer.observe(this, { childList: true, subtree: true, characterData: true, attributes: true });
    this.#announce();
  }
  disconnectedCallback(): void {
    this.#observer.disconnect();
  }
  links(): Element[] {
    return [...this.querySelectorAll('a[href], s-link[href]')];
  }
  #announce(): void {
    const links = this.links().map((link): NavLink => ({
      href: link.getAttribute('href') ?? '',
      label: link.textContent.trim(),
      home: link.getAttribute('rel') === 'home',
    }));
    tellAdmin({ type: 'nav', links });
  }
}

/** `<ui-title-bar title>` with buttons; the one inside a modal belongs to the modal. */
export class TitleBarElement extends HTMLElement {
  static readonly observedAttributes = ['title'];
  #observer = new MutationObserver(() => this.#announce());

  connectedCallback(): void {
    this.style.display = 'none';
    if (this.closest('ui-modal')) return;
    this.#observer.observe(this, { childList: true, subtree: true, characterData: true, attributes: true });
    this.#announce();
  }
  disconnectedCallback(): void {
    this.#observer.disconnect();
    if (!document.querySelector('ui-title-bar')) tellAdmin({ type: 'title-bar', title: '', actions: [] });
  }
  attributeChangedCallback(): void {
    if (this.isConnected && !this.closest('ui-modal')) this.#announce();
  }
  buttons(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('button, a[href]')];
  }
  #announce(): void {
    const actions = this.buttons().map((button): BarAction => ({
      label: button.textContent.trim(),
      primary: button.getAttribute('variant') === 'primary',
      disabled: button.hasAttribute('disabled'),
    }));
    const title = this.getAttribute('title') ?? '';
    record('titleBar', title);
    tellAdmin({ type: 'title-bar', title, actions });
  }
}

/** Goes to `href` inside the app, the way App Bridge does: an event that the app's router listens to. */
function navigate(href: string): void {
  record('navigate', href);
  const menu = document.querySelector<NavMenuElement>('ui-nav-menu, s-app-nav');
  let link = menu?.links().find((candidate) => candidate.getAttribute('href') === href);
  if (!link) {
    link = document.createElement('a');
    link.setAttribute('href', href);
    (menu ?? document.body).append(link);
    queueMicrotask(() => link?.remove());
  }
  link.dispatchEvent(new CustomEvent('shopify:navigate', { bubbles: true, cancelable: true }));
}

onAdmin((message) => {
  if (message.type === 'navigate') navigate(message.href);
  if (message.type === 'title-action') {
    document.querySelector<TitleBarElement>('ui-title-bar:not(ui-modal *)')?.buttons()[message.index]?.click();
  }
});

/** The admin page's address follows the app's. */
export function watchLocation(): void {
  const tell = (): void => tellAdmin({ type: 'location', path: appPath() });
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method].bind(history);
    history[method] = (...args) => {
      original(...args);
      tell();
    };
  }
  window.addEventListener('popstate', tell);
  tell();
}
