import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { readJson, writeJson } from '#test/demo/json-file.ts';
import { commandLineOf, endLeftOver } from '#test/demo/processes.ts';
import { environmentFile, readState, stateFile } from '#test/demo/state.ts';

/** Who runs in this folder, and what has to be cleaned up after them if they are killed. */
interface Lock {
  readonly pid: number;
  readonly socketDirectory: string | null;
}

const lockFile = (directory: string): string => join(directory, 'running.json');

/** Takes the folder for this process. @throws when another demo runs in it. */
export function takeFolder(directory: string): void {
  const lock = readJson(lockFile(directory)) as Lock | null;
  if (lock !== null && lock.pid !== process.pid && /test\/(demo|dev)\.ts/.test(commandLineOf(lock.pid))) {
    const url = readState(directory)?.adminUrl;
    throw new Error(
      `It is running already (process ${lock.pid})${url === undefined ? '.' : `: ${url}`}\nEnd it with Ctrl-C first, or choose another folder with --dir.`,
    );
  }
}

/** Writes down that this process runs here. */
export function keepFolder(directory: string, socketDirectory: string | null): void {
  writeJson(lockFile(directory), { pid: process.pid, socketDirectory } satisfies Lock);
}

/** From now on nobody runs here: what tells others how to reach the demo goes. */
export function leaveFolder(directory: string): void {
  for (const file of [stateFile(directory), environmentFile(directory), lockFile(directory)])
    rmSync(file, { force: true });
}

/** Ends what a killed demo may have left behind in this folder: processes that name it, and the socket's directory. */
export async function clearLeftOvers(directory: string): Promise<void> {
  const state = readState(directory);
  if (state !== null) {
    for (const [name, pid] of Object.entries(state.pids)) {
      await endLeftOver(pid, name === 'postgres' ? state.dataDir : markOf(directory));
    }
  }
  const socketDirectory = (readJson(lockFile(directory)) as Lock | null)?.socketDirectory ?? null;
  if (socketDirectory !== null && dirname(socketDirectory) === tmpdir()) {
    await rm(socketDirectory, { recursive: true, force: true });
  }
  leaveFolder(directory);
}

/** Stands in the command line of every program of this folder's demo. */
export function markOf(directory: string): string {
  return `--part-of=${resolve(directory)}`;
}
