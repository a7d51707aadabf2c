/**
 * Makes a clone ready and runs a program in it: `node test/setup/ensure.mjs [--generate] [program.ts [argument ...]]`.
 *
 * Installs the packages when they are missing or not those of package-lock.json, makes Prisma's client when the schema
 * is newer, then runs the program with the Node that npm installed. Plain JavaScript for Node 20, without any package.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const RUNTIME_NODE = 24;
const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const args = process.argv.slice(2);

if (majorOf(process.version) < OLDEST_NODE) {
  fail(`Node ${OLDEST_NODE} or newer is needed to set Cart Insights up; this is ${process.version}.`);
}
const mustGenerate = args[0] === '--generate';
if (mustGenerate) args.shift();

if (!hasPackages()) {
  console.log('Installing packages (npm ci) ...');
  // Without the variable, Prisma would download an engine that nothing here uses.
  run(
    'npm',
    // Also where NODE_ENV says production: what builds, and Node itself, are development packages.
    ['ci', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error'],
    'The packages could not be installed (npm ci failed).',
  );
}
const node = runtimeNode();
if (mustGenerate || !hasClient()) {
  const prisma = join(root, 'node_modules', 'prisma', 'build', 'index.js');
  const problem = "Prisma's client could not be made from prisma/schema.prisma.";
  run(node, [prisma, 'generate', '--config', join('prisma', 'config.ts'), '--no-hints'], problem);
}
if (args.length > 0) become(node, args);

/** Every package of the lock file is there in its version; optional ones may be missing (other machines' binaries). */
function hasPackages() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf(join('node_modules', '.package-lock.json'));
  if (wanted === null) fail('package-lock.json is missing or unreadable.');
  if (installed === null) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return installed[path] === undefined ? optional === true : installed[path].version === version;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

function hasClient() {
  const client = join(root, 'app', 'data', 'prisma', 'client.ts');
  const made = existsSync(client) ? statSync(client).mtimeMs : 0;
  return ['prisma/schema.prisma', 'prisma/config.ts', 'node_modules/prisma/package.json'].every(
    (file) => statSync(join(root, file)).mtimeMs <= made,
  );
}

/** @returns Node 24 from npm, or the one that runs this where npm has none for the machine. */
function runtimeNode() {
  const installed = join(bin, 'node');
  if (existsSync(installed)) {
    const { status, stdout } = spawnSync(installed, ['--version'], { encoding: 'utf8' });
    if (status === 0 && majorOf(stdout) >= RUNTIME_NODE) return installed;
  }
  if (majorOf(process.version) >= RUNTIME_NODE) return process.execPath;
  fail(
    `Node ${RUNTIME_NODE} did not come with the packages and this is ${process.version}: install Node ${RUNTIME_NODE} or newer.`,
  );
}

function environment() {
  return {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
}

function run(command, commandArgs, problem) {
  const { status } = spawnSync(command, commandArgs, { cwd: root, stdio: 'inherit', env: environment() });
  if (status !== 0) fail(problem);
}

/** Runs the program in our place: it gets our terminal, our signals and decides the exit code. */
function become(command, commandArgs) {
  const child = spawn(command, ['--disable-warning=ExperimentalWarning', ...commandArgs], {
    cwd: root,
    stdio: 'inherit',
    env: environment(),
  });
  // We only wait for its end. At a terminal Ctrl-C reaches the child twice, which is as good as once; sent by another
  // program it reaches us alone.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm runs us through a shell that keeps a signal to itself: when that shell is gone, so is whoever wanted us to run.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, 500).unref();
  child.on('error', () => fail(`${command} could not be started.`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function majorOf(version) {
  return Number(/^v?(\d+)/.exec(version.trim())?.[1] ?? 0);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
