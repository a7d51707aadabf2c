import type { ToAdmin } from '../../app-bridge/messages.ts';

type Toast = Extract<ToAdmin, { type: 'toast' }>;

const close = new Map<string, () => void>();

/** Shows a toast until its time is over or somebody closes it. */
export function showToast(toast: Toast, on: { readonly acted: () => void; readonly dismissed: () => void }): void {
  const box = document.createElement('div');
  box.className = toast.isError ? 'toast error' : 'toast';
  box.append(toast.message);
  const button = (label: string, run: () => void): void => {
    const made = document.createElement('button');
    made.type = 'button';
    made.append(label);
    made.addEventListener('click', run);
    box.append(made);
  };
  if (toast.action !== null) button(toast.action, on.acted);
  const dismiss = (): void => {
    if (!close.delete(toast.id)) return;
    box.remove();
    on.dismissed();
  };
  button('×', dismiss);
  box.lastElementChild?.setAttribute('aria-label', 'Dismiss');
  close.set(toast.id, dismiss);
  document.querySelector('#toasts')?.append(box);
  setTimeout(dismiss, toast.durationMs);
}

export function hideToast(id: string): void {
  close.get(id)?.();
}
