import { useSearchParams } from '@remix-run/react';
import { useState } from 'react';

const ADDRESS = '/app/access-log/export';

/** Fetches the file with the session that App Bridge adds to every fetch, and hands it to the browser to keep. */
export function useExport() {
  const [state, setState] = useState<'idle' | 'exporting' | 'failed'>('idle');
  const [params] = useSearchParams();
  const start = async () => {
    setState('exporting');
    try {
      const response = await fetch(`${ADDRESS}?${params.toString()}`);
      if (!response.ok) throw new Error('refused');
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await response.blob());
      link.download = 'access-log.csv';
      link.click();
      URL.revokeObjectURL(link.href);
      setState('idle');
    } catch {
      setState('failed');
    }
  };
  return { isExporting: state === 'exporting', hasFailed: state === 'failed', start: () => void start() };
}
