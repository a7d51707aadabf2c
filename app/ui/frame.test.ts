import { afterEach, describe, expect, it, vi } from 'vitest';

import { rememberFrame } from '#app/ui/frame.ts';
import { addressInFrame } from '#app/ui/way-back.ts';

const ORIGIN = 'https://app.example.com';

/** A frame at this address, with what it keeps. */
function frameAt(address: string, kept = new Map<string, string>()) {
  const { origin, search } = new URL(address, ORIGIN);
  const sessionStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  vi.stubGlobal('window', { location: { origin, search }, sessionStorage });
  return kept;
}

afterEach(() => vi.unstubAllGlobals());

describe('a frame', () => {
  const kept = () => {
    const store = frameAt('/app?shop=a.myshopify.com&host=aG9zdA&embedded=1&id_token=secret&hmac=x');
    rememberFrame();
    return store;
  };

  it('remembers shop and host of its first address, and no token', () => {
    const store = kept();
    expect([...store.values()]).toEqual(['shop=a.myshopify.com&host=aG9zdA']);
    frameAt('/app/carts?view=idle', store);
    rememberFrame();
    expect(addressInFrame('/app/carts?view=idle')).toBe(
      '/app/carts?view=idle&shop=a.myshopify.com&host=aG9zdA&embedded=1',
    );
    expect(addressInFrame('/app')).toBe('/app?shop=a.myshopify.com&host=aG9zdA&embedded=1');
  });

  it.each([
    null,
    'https://evil.example/app',
    '//evil.example/app',
    '/\\evil.example/app',
    'javascript:alert(1)',
    '/privacy',
    '/apples',
    '/app/../privacy',
    '/app/carts?host=had-it-already',
  ])('leads to pages of the app only, and not in a circle: %j', (to) => {
    frameAt('/auth/login', kept());
    expect(addressInFrame(to)).toBeNull();
  });

  it('leads nowhere when nothing is remembered, or nothing may be kept', () => {
    frameAt('/auth/login');
    expect(addressInFrame('/app')).toBeNull();
    const refusing = () => {
      throw new Error('SecurityError');
    };
    const { location } = window;
    vi.stubGlobal('window', { location, sessionStorage: { getItem: refusing, setItem: refusing } });
    expect(addressInFrame('/app')).toBeNull();
    vi.stubGlobal('window', {
      location: { search: '?shop=a&host=b' },
      sessionStorage: { getItem: refusing, setItem: refusing },
    });
    expect(rememberFrame).not.toThrow();
  });
});
