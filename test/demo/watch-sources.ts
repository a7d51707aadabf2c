import { watch } from 'node:fs';
import { join, sep } from 'node:path';

/** An editor writes a file in several steps, and several files at once. */
const QUIET_MS = 200;
/** Vite replaces these in the running program and in the browser. */
const REPLACED_BY_VITE = [`routes${sep}`, `ui${sep}`, 'root.tsx', 'entry.'];

/**
 * Tells when a file of `app/` has changed that only a restart brings into the running program. `node --watch` would
 * not do: it also sees the file that Vite writes and loads at every start.
 *
 * @returns a function that ends the watch.
 */
export function watchSources(root: string, onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(join(root, 'app'), { recursive: true }, (_event, file) => {
    if (file === null || !needsRestart(file)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

function needsRestart(file: string): boolean {
  if (!/\.tsx?$/.test(file) || /\.test\.tsx?$/.test(file)) return false;
  return !REPLACED_BY_VITE.some((start) => file.startsWith(start));
}
