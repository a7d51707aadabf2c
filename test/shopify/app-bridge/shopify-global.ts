import { record } from './calls.ts';
import { config } from './config.ts';
import { adminOrigin, idToken, isFramed, onAdmin, tellAdmin } from './host.ts';
import { modal } from './modal.ts';
import { saveBar } from './save-bar.ts';
import { scopes } from './scopes.ts';

interface ToastOptions {
  readonly duration?: number;
  readonly isError?: boolean;
  readonly action?: string;
  readonly onAction?: () => void;
  readonly onDismiss?: () => void;
}

const toasts = new Map<string, ToastOptions>();
let lastToast = 0;
onAdmin((message) => {
  if (message.type === 'toast-action') toasts.get(message.id)?.onAction?.();
  if (message.type !== 'toast-dismissed') return;
  toasts.get(message.id)?.onDismiss?.();
  toasts.delete(message.id);
});

const toast = {
  show: (message: string, options: ToastOptions = {}): string => {
    record('toast.show', message, options);
    const id = `toast-${++lastToast}`;
    toasts.set(id, options);
    const { isError = false, action = null, duration: durationMs = 5_000 } = options;
    tellAdmin({ type: 'toast', id, message, isError, action, durationMs });
    return id;
  },
  hide: (id: string): void => {
    record('toast.hide', id);
    tellAdmin({ type: 'toast-hide', id });
  },
};

/** A call that is remembered and does nothing else here. */
const remembered =
  <T>(name: string, result: T) =>
  (...args: readonly unknown[]): Promise<T> => {
    record(name, ...args);
    return Promise.resolve(result);
  };

/** `window.shopify`, as far as the stand-in plays it; the README lists what only remembers. */
export const shopify = {
  config,
  origin: adminOrigin,
  ready: Promise.resolve(),
  environment: { embedded: isFramed, mobile: false, pos: false, intent: false },
  idToken: (): Promise<string> => {
    record('idToken');
    return idToken();
  },
  user: remembered('user', { accountAccess: 'full' }),
  loading: (on = true): void => {
    record('loading', on);
    tellAdmin({ type: 'loading', on });
  },
  toast,
  saveBar,
  modal,
  resourcePicker: remembered('resourcePicker', undefined),
  picker: remembered('picker', undefined),
  scopes,
  reviews: { request: remembered('reviews.request', { success: false, code: 'cancelled' }) },
  webVitals: { onReport: remembered('webVitals.onReport', undefined) },
  intents: { invoke: remembered('intents.invoke', undefined) },
  support: { registerHandler: remembered('support.registerHandler', undefined) },
  app: { extensions: remembered('app.extensions', []) },
};
