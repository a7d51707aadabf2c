/** The load generator: a process of its own, so that what it costs is not counted for what it measures. */
import { driveLoad } from '#test/bench/load/drive.ts';
import { type LoadSpec, type PreparedLoad, prepareLoad } from '#test/bench/load/load.ts';

let prepared: PreparedLoad | null = null;

process.on('message', (message: LoadSpec | 'go') => {
  if (message !== 'go') {
    prepared = prepareLoad(message);
    process.send?.('ready');
  } else if (prepared !== null) {
    void driveLoad(prepared).then((result) => process.send?.(result));
  }
});
process.on('disconnect', () => process.exit(0));
