import type { DemoArguments } from '#test/demo/arguments.ts';
import { runInForeground } from '#test/demo/foreground.ts';
import type { Way } from '#test/demo/programs.ts';
import { runDemo } from '#test/demo/run.ts';

/** The demo at a terminal: tells where to look, and ends with Ctrl-C. */
export function runDemoInForeground(options: DemoArguments, way: Way): Promise<void> {
  return runInForeground(async (ending) => {
    const { adminUrl } = await runDemo(options, way, ending, (line) => {
      if (!ending.hasBegun) console.log(line);
    });
    console.log('\nCart Insights is running: open this page and watch carts come and go while people shop.');
    console.log(`\n  ${adminUrl}\n`);
    console.log(
      `Ctrl-C ends everything; the data stays in ${options.directory} for the next time (--fresh begins anew).`,
    );
  });
}
