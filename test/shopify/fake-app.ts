/** The smallest embedded app: what browser.test.ts puts into the stand-in's frame. It keeps Shopify's rules of the door. */
import { createServer, type Server } from 'node:http';

const CDN = 'https://cdn.shopify.com/shopifycloud/app-bridge.js';

const page = (path: string): string => `<!doctype html><html lang="en"><head><title>Fake app</title>
<script data-api-key="key" src="${CDN}"></script></head><body>
<ui-nav-menu><a href="/app" rel="home">Home</a><a href="/app/carts">Carts</a><a href="/app/privacy">Privacy</a></ui-nav-menu>
<ui-title-bar title="A page"><button variant="primary" onclick="shopify.toast.show('Hello', { action: 'Undo', onAction() { window.undone = true } })">Greet</button></ui-title-bar>
<h1>${path}</h1>
<form data-save-bar><label>Name <input name="name" value="old"></label></form>
<ui-modal id="modal"><ui-title-bar title="Sure?"></ui-title-bar></ui-modal>
<script>
addEventListener('shopify:navigate', (event) => {
  const href = event.target.getAttribute('href');
  history.pushState(null, '', href);
  document.querySelector('h1').textContent = href;
});
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault());
</script></body></html>`;

export interface FakeApp {
  readonly server: Server;
  /** Authorization headers of the requests for /data; the first one is answered 401. */
  readonly authorizations: string[];
  /** Topics of the webhooks that came. */
  readonly topics: string[];
}

/** `origin` is the app as the browser sees it. */
export function createFakeApp(origin: () => string): FakeApp {
  const authorizations: string[] = [];
  const topics: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin());
    const html = { 'content-type': 'text/html; charset=utf-8' };
    if (url.pathname.startsWith('/webhooks/')) {
      topics.push(String(request.headers['x-shopify-topic']));
      request.resume();
      response.end();
    } else if (url.pathname === '/data') {
      const isFirst = authorizations.push(String(request.headers.authorization)) === 1;
      response.writeHead(isFirst ? 401 : 200, isFirst ? { 'X-Shopify-Retry-Invalid-Session-Request': '1' } : {}).end();
    } else if (url.pathname === '/auth/session-token') {
      response.writeHead(200, html).end(`<script data-api-key="key" src="${CDN}"></script>`);
    } else if (url.searchParams.has('id_token')) {
      const policy = `script-src 'unsafe-inline' https://cdn.shopify.com; frame-ancestors https://admin.shopify.com`;
      response.writeHead(200, { ...html, 'content-security-policy': policy }).end(page(url.pathname));
    } else {
      const location = `/auth/session-token?shopify-reload=${encodeURIComponent(url.href)}`;
      response.writeHead(302, { location }).end();
    }
  });
  return { server, authorizations, topics };
}
