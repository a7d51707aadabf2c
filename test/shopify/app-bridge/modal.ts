import { record } from './calls.ts';
import { TogglingElement } from './toggling-element.ts';

/** `<ui-modal>`: while it is open, its `content` stands in a dialog in the body (in Shopify: over the whole admin). */
export class ModalElement extends TogglingElement {
  readonly content = document.createElement('div');
  #dialog: HTMLDialogElement | null = null;

  protected shown(): void {
    record('modal.show', this.id);
    const bar = this.querySelector('ui-title-bar');
    const dialog = document.createElement('dialog');
    dialog.style.cssText = 'border:0;border-radius:12px;padding:0;width:min(620px,94vw);box-shadow:0 20px 60px #0005';
    const heading = document.createElement('h2');
    heading.textContent = bar?.getAttribute('title') ?? '';
    heading.style.cssText = 'font:600 14px system-ui;margin:0;padding:14px 16px;background:#f3f3f3';
    const buttons = document.createElement('div');
    buttons.style.cssText = 'display:flex;gap:8px;justify-content:flex-end;padding:12px 16px';
    for (const original of bar?.querySelectorAll('button') ?? []) {
      const button = document.createElement('button');
      button.textContent = original.textContent;
      button.disabled = original.disabled;
      button.addEventListener('click', () => original.click());
      buttons.append(button);
    }
    dialog.setAttribute('aria-label', heading.textContent);
    dialog.append(heading, this.content, buttons);
    dialog.addEventListener('close', () => void this.hide());
    document.body.append(dialog);
    dialog.showModal();
    this.#dialog = dialog;
  }
  protected hidden_(): void {
    record('modal.hide', this.id);
    const dialog = this.#dialog;
    this.#dialog = null;
    dialog?.close();
    dialog?.remove();
  }
}

const element = (id: string): ModalElement | null => {
  const found = document.getElementById(id);
  return found instanceof ModalElement ? found : null;
};

/** `shopify.modal`. */
export const modal = {
  show: async (id: string): Promise<void> => element(id)?.show(),
  hide: async (id: string): Promise<void> => element(id)?.hide(),
  toggle: async (id: string): Promise<void> => element(id)?.toggle(),
};
