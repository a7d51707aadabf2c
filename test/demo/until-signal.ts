import type { DemoArguments } from '#test/demo/arguments.ts';
import { Ending, Interrupted } from '#test/demo/ending.ts';
import type { Way } from '#test/demo/programs.ts';
import { runDemo } from '#test/demo/run.ts';

/** Runs the demo in the foreground and ends everything on Ctrl-C. */
export async function runUntilSignal(options: DemoArguments, way: Way): Promise<void> {
  if (process.env.NODE_ENV === 'production') {
    console.error('This is a demo with made-up shops: it does not run with NODE_ENV=production.');
    process.exitCode = 1;
    return;
  }
  const ending = new Ending();
  const end = (): void => {
    // npm passes Ctrl-C on to a program that had it from the terminal already: the end begins once.
    if (!ending.hasBegun) console.log('\nEnding everything ...');
    void ending.end().then(() => process.exit());
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  try {
    const { adminUrl } = await runDemo(options, way, ending, (line) => {
      if (!ending.hasBegun) console.log(line);
    });
    console.log(
      `\nCart Insights is running: open this page and watch carts come and go while people shop.\n\n  ${adminUrl}\n`,
    );
    console.log(
      `Ctrl-C ends everything; the data stays in ${options.directory} for the next time (--fresh begins anew).`,
    );
  } catch (error) {
    if (!(error instanceof Interrupted) && !ending.hasBegun) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
    await ending.end();
    process.exit();
  }
}
