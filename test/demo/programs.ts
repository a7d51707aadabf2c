import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { DemoPorts } from '#test/demo/ports.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The app as it runs in production, or straight from the sources and reloading (`npm run dev`). */
export type Way = 'built' | 'sources';

export interface AppProgram {
  /** What comes after `node`. */
  readonly args: readonly string[];
  /** Its output goes to the terminal. */
  readonly isLoud: boolean;
  /** How it shows that it works: an address that answers, or words in its log. */
  readonly ready: { readonly url: string } | { readonly words: string };
}

export interface AppPrograms {
  readonly programs: Readonly<Record<string, AppProgram>>;
  /** Where webhooks are posted to. */
  readonly webhookOrigin: string;
  /** The program that takes them. */
  readonly webhookProgram: string;
}

/** Everything in one program, the pages by way of Vite. */
export function sourceProgram(root: string): string[] {
  return ['--disable-warning=ExperimentalWarning', join(root, 'app/start.ts'), '--dev'];
}

export function programsOf(root: string, ports: DemoPorts, way: Way): AppPrograms {
  const web = `http://127.0.0.1:${ports.web}`;
  const edge = `http://127.0.0.1:${ports.edge}`;
  if (way === 'sources') {
    const app = { args: sourceProgram(root), isLoud: true, ready: { url: `${web}/healthz` } };
    return { programs: { app }, webhookOrigin: web, webhookProgram: 'app' };
  }
  const built = (name: string, ready: AppProgram['ready']): AppProgram => ({
    args: ['--enable-source-maps', join(root, `build/programs/${name}.js`)],
    isLoud: false,
    ready,
  });
  return {
    programs: {
      edge: built('edge', { url: `${edge}/healthz` }),
      web: built('web', { url: `${web}/healthz` }),
      worker: built('worker', { words: 'worker.started' }),
    },
    webhookOrigin: edge,
    webhookProgram: 'edge',
  };
}
