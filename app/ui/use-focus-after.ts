import { useEffect, useRef, type RefObject } from 'react';

/**
 * When what was pressed is gone, the first thing to press in its place takes the focus, so that the keyboard goes on from
 * there. Focus that is somewhere else stays.
 *
 * @param stage of what stands inside; each new one is looked at once.
 * @returns for the element around it.
 */
export function useFocusAfter(stage: string): RefObject<HTMLDivElement> {
  const element = useRef<HTMLDivElement>(null);
  const before = useRef(stage);
  useEffect(() => {
    if (before.current === stage) return;
    before.current = stage;
    if (document.activeElement !== document.body) return;
    element.current?.querySelector<HTMLElement>('select, button, a[href]')?.focus();
  }, [stage]);
  return element;
}
