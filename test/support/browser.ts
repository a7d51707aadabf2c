import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';

/** An ordinary browser's name: the Shopify library turns "HeadlessChrome" away with 410. */
export const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** Nothing but the pages under test: no sandbox (root, containers), no updates, no reporting, no sync. */
const FLAGS = [
  '--no-sandbox',
  '--disable-setuid-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-sync',
  '--disable-breakpad',
  '--disable-client-side-phishing-detection',
  '--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider,CertificateTransparencyComponentUpdater',
  '--metrics-recording-only',
  '--no-first-run',
  '--no-pings',
  '--mute-audio',
  '--hide-scrollbars',
  // No name but this machine's is looked up, so nothing leaves it.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const INSTALLED = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...(process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((directory) =>
      ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser'].map((name) => join(directory, name)),
    ),
];

/** How long anything in a page is waited for: long enough for a machine that does much else. */
const PATIENCE_MS = 60_000;

export interface TestBrowser {
  readonly browser: Browser;
  /** A fresh profile that looks like an ordinary browser. */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/**
 * Starts the browser of CHROMIUM_PATH, an installed Chrome or Chromium, or the one that came with npm.
 *
 * Pages are to be on http://localhost (a secure context all the same): the browser from npm ends at the first HTTPS
 * connection on a machine without libsqlite3, which its certificate store wants.
 *
 * @param flags further command line flags.
 */
export async function launchBrowser(flags: readonly string[] = []): Promise<TestBrowser> {
  const { executablePath, env } = await findBrowser();
  const browser = await chromium.launch({ executablePath, headless: true, args: [...FLAGS, ...flags], env });
  return {
    browser,
    newContext: async (options) => {
      const context = await browser.newContext({ userAgent: USER_AGENT, locale: 'en-US', ...options });
      context.setDefaultTimeout(PATIENCE_MS);
      return context;
    },
    close: () => browser.close(),
  };
}

interface FoundBrowser {
  readonly executablePath: string;
  readonly env: NodeJS.ProcessEnv;
}

async function findBrowser(): Promise<FoundBrowser> {
  const executablePath = process.env.CHROMIUM_PATH ?? INSTALLED.find((path) => existsSync(path));
  if (executablePath !== undefined) return { executablePath, env: process.env };

  const directory = await unpackChromium();
  const libraries = [join(directory, 'al2023/lib'), process.env.LD_LIBRARY_PATH ?? ''];
  const env = {
    ...process.env,
    // A bare machine has neither the libraries Chromium needs nor a font.
    LD_LIBRARY_PATH: libraries.filter((path) => path !== '').join(delimiter),
    FONTCONFIG_FILE: process.env.FONTCONFIG_FILE ?? join(directory, 'fonts.conf'),
  };
  return { executablePath: join(directory, 'chromium'), env };
}

/** Unpacks the browser of @sparticuz/chromium, once for each version. */
async function unpackChromium(): Promise<string> {
  const packageFile = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../package.json');
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as { version: string };
  const directory = join(ROOT, 'node_modules/.cache', `chromium-${version}`);
  if (existsSync(directory)) return directory;

  // The package unpacks into the temporary directory, its libraries only where it believes to be at Amazon, and two at
  // once spoil each other's files. So it gets a directory of its own, which takes its place when it is complete.
  const unfinished = `${directory}.${String(process.pid)}`;
  await mkdir(unfinished, { recursive: true });
  const script = "import('@sparticuz/chromium').then((module) => module.default.executablePath())";
  await promisify(execFile)(process.execPath, ['-e', script], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  });
  await writeFile(join(unfinished, 'fonts.conf'), fontSettings(join(directory, 'fonts')));
  await rename(unfinished, directory).catch(() => rm(unfinished, { recursive: true, force: true }));
  return directory;
}

/** The machine's own fonts where it has some, and those of the package. */
function fontSettings(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${directory}</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
}
