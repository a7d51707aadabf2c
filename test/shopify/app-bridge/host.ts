import { isEnvelope, MARK, type ToAdmin, type ToApp } from './messages.ts';

/** The admin page's origin: this script comes from there. */
export const adminOrigin = new URL((document.currentScript as HTMLScriptElement).src).origin;
export const isFramed = window.parent !== window;

type Listener = (message: ToApp) => void;
const listeners: Listener[] = [];

export function tellAdmin(message: ToAdmin): void {
  if (isFramed) window.parent.postMessage({ mark: MARK, message }, adminOrigin);
}
export function onAdmin(listener: Listener): void {
  listeners.push(listener);
}

window.addEventListener('message', (event) => {
  if (event.origin !== adminOrigin || event.source !== window.parent || !isEnvelope(event.data)) return;
  for (const listener of listeners) listener(event.data.message);
});

let lastRequest = 0;
const waiting = new Map<number, (token: string) => void>();
onAdmin((message) => {
  if (message.type !== 'id-token') return;
  waiting.get(message.request)?.(message.token);
  waiting.delete(message.request);
});

/** A fresh session token from the admin page, which knows who is logged in. */
export function idToken(): Promise<string> {
  const request = ++lastRequest;
  return new Promise((resolve) => {
    waiting.set(request, resolve);
    tellAdmin({ type: 'id-token', request });
  });
}

/** Leaves the frame: only the admin page may move the top window without a click. */
export function openTop(url: string): void {
  if (isFramed) tellAdmin({ type: 'open-top', url });
  else window.location.assign(url);
}
