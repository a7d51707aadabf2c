import { record } from './calls.ts';
import { onAdmin, tellAdmin } from './host.ts';
import { TogglingElement } from './toggling-element.ts';

interface Bar {
  save(): void;
  discard(): void;
  canSave(): boolean;
}

const open = new Map<string, Bar>();
let waitingToLeave: Array<() => void> = [];

function showBar(id: string, bar: Bar): void {
  record('saveBar.show', id);
  open.set(id, bar);
  tellAdmin({ type: 'save-bar', id, shown: true, canSave: bar.canSave() });
}
function hideBar(id: string): void {
  if (!open.delete(id)) return;
  record('saveBar.hide', id);
  tellAdmin({ type: 'save-bar', id, shown: false, canSave: false });
  if (open.size > 0) return;
  for (const leave of waitingToLeave) leave();
  waitingToLeave = [];
}

onAdmin((message) => {
  if (message.type !== 'save-bar-action') return;
  const bar = open.get(message.id);
  if (message.action === 'save') bar?.save();
  else bar?.discard();
});

let unnamed = 0;

/** `<ui-save-bar id>` with a primary button (save) and another one (discard). */
export class SaveBarElement extends TogglingElement {
  #observer: MutationObserver | null = null;

  #button(primary: boolean): HTMLButtonElement | null {
    const buttons = [...this.querySelectorAll('button')];
    return buttons.find((button) => (button.getAttribute('variant') === 'primary') === primary) ?? null;
  }
  protected shown(): void {
    if (this.id === '') this.id = `save-bar-${++unnamed}`;
    const announce = (): void =>
      showBar(this.id, {
        save: () => this.#button(true)?.click(),
        discard: () => this.#button(false)?.click(),
        canSave: () => !(this.#button(true)?.disabled ?? false),
      });
    announce();
    this.#observer = new MutationObserver(announce);
    this.#observer.observe(this, { subtree: true, attributes: true, attributeFilter: ['disabled', 'loading'] });
  }
  protected hidden_(): void {
    this.#observer?.disconnect();
    hideBar(this.id);
  }
}

/** `<form data-save-bar>`: the bar follows the form by itself. */
export function watchForms(): void {
  const ids = new WeakMap<HTMLFormElement, string>();
  const idOf = (form: HTMLFormElement): string => {
    const id = ids.get(form) ?? `form-${++unnamed}`;
    ids.set(form, id);
    return id;
  };
  const edited = (event: Event): void => {
    const form = event.target instanceof Element ? event.target.closest('form') : null;
    if (!form?.hasAttribute('data-save-bar') || open.has(idOf(form))) return;
    showBar(idOf(form), { save: () => form.requestSubmit(), discard: () => form.reset(), canSave: () => true });
  };
  const settled = (event: Event): void => {
    if (event.target instanceof HTMLFormElement && ids.has(event.target)) hideBar(idOf(event.target));
  };
  document.addEventListener('input', edited);
  document.addEventListener('change', edited);
  document.addEventListener('submit', settled);
  document.addEventListener('reset', settled);
}

const element = (id: string): SaveBarElement | null => {
  const found = document.getElementById(id);
  return found instanceof SaveBarElement ? found : null;
};

/** `shopify.saveBar`. */
export const saveBar = {
  show: async (id: string): Promise<void> => element(id)?.show(),
  hide: async (id: string): Promise<void> => element(id)?.hide(),
  toggle: async (id: string): Promise<void> => element(id)?.toggle(),
  /** Resolves when nothing unsaved is left. */
  leaveConfirmation: (): Promise<void> => {
    record('saveBar.leaveConfirmation');
    return open.size === 0 ? Promise.resolve() : new Promise((resolve) => void waitingToLeave.push(resolve));
  },
};
