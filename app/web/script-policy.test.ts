import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { addToPolicy, documentScriptPolicy, libraryScriptPolicy } from '#app/web/script-policy.ts';

describe('script policies', () => {
  it('let a document run what carries its nonce, its own files and App Bridge, and nothing inline besides', () => {
    expect(documentScriptPolicy('abc')).toBe("script-src 'self' 'nonce-abc' https://cdn.shopify.com");
  });

  it('let a page of the library run exactly the inline scripts that stand in it', () => {
    const inline = 'window.open("https://admin.shopify.com", "_top")';
    const html = `\n<script data-api-key="k" src="https://cdn.shopify.com/a.js"></script>\n<script>${inline}</script>`;
    const hash = createHash('sha256').update(inline).digest('base64');
    expect(libraryScriptPolicy(html)).toBe(`script-src https://cdn.shopify.com 'sha256-${hash}'`);
    expect(libraryScriptPolicy('<script src="x"></script>')).toBe('script-src https://cdn.shopify.com');
  });

  it('stand beside what the answer said already; without a word of it nobody may frame it', () => {
    const headers = new Headers({ 'content-security-policy': 'frame-ancestors https://a.example;' });
    addToPolicy(headers, 'script-src x');
    expect(headers.get('content-security-policy')).toBe('frame-ancestors https://a.example; script-src x');
    const bare = new Headers();
    addToPolicy(bare, 'script-src x');
    expect(bare.get('content-security-policy')).toBe("frame-ancestors 'none'; script-src x");
  });
});
