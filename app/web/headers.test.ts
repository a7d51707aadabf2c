import { describe, expect, it } from 'vitest';

import { secureHeaders } from '#app/web/headers.ts';

const page = { pathname: '/app', protocol: 'https:' };

function secured(init: Record<string, string>, where = page): Headers {
  const headers = new Headers(init);
  secureHeaders(headers, where);
  return headers;
}

describe('secureHeaders', () => {
  it('lets nobody frame a page that no shop is known for', () => {
    expect(secured({}).get('content-security-policy')).toMatch(/^frame-ancestors 'none'; /);
  });

  it("keeps the frame ancestors that Shopify's library named", () => {
    const policy = 'frame-ancestors https://a.myshopify.com https://admin.shopify.com;';
    expect(secured({ 'content-security-policy': policy }).get('content-security-policy')).toBe(
      "frame-ancestors https://a.myshopify.com https://admin.shopify.com; base-uri 'self'; object-src 'none'; form-action 'self'",
    );
  });

  it('does not say a directive twice', () => {
    const policy = "frame-ancestors 'none'; base-uri 'none'";
    expect(secured({ 'content-security-policy': policy }).get('content-security-policy')).toBe(
      "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'",
    );
  });

  it('keeps documents and data out of every cache, whatever the route said', () => {
    expect(secured({ 'cache-control': 'public, max-age=60' }).get('cache-control')).toBe('no-store');
  });

  it("leaves Remix's route manifest cacheable", () => {
    const kept = secured({ 'cache-control': 'public, max-age=1' }, { ...page, pathname: '/__manifest' });
    expect(kept.get('cache-control')).toBe('public, max-age=1');
  });

  it('asks for HTTPS only where the app has it', () => {
    expect(secured({}).has('strict-transport-security')).toBe(true);
    expect(secured({}, { ...page, protocol: 'http:' }).has('strict-transport-security')).toBe(false);
  });
});
