import { Ending, Interrupted } from '#test/demo/ending.ts';

/**
 * Runs something in the foreground until Ctrl-C, and then ends everything in order. What keeps it from starting is said
 * in one message.
 *
 * @param start puts what it starts into `ending`; stays undisturbed once it has resolved.
 */
export async function runInForeground(start: (ending: Ending) => Promise<void>): Promise<void> {
  if (process.env.NODE_ENV === 'production') {
    console.error('This is for trying things out: it does not run with NODE_ENV=production.');
    process.exitCode = 1;
    return;
  }
  const ending = new Ending();
  const end = (): void => {
    // Ctrl-C may arrive twice, from the terminal and by way of npm: the end begins once.
    if (ending.hasBegun) return;
    console.log('\nEnding everything ...');
    void ending.end().then(() => process.exit());
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  // Nobody reads any more: the terminal was closed, or the program behind a pipe has ended.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', end);
  try {
    await start(ending);
  } catch (error) {
    if (!(error instanceof Interrupted) && !ending.hasBegun) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
    await ending.end();
    process.exit();
  }
}
