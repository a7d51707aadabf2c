const DOTS = '•••';

/**
 * A value by its first letter: `Jette` is `J•••`, `jette@example.com` is `j•••@…`. The number of dots says nothing of the
 * length, and of an address neither the domain nor its ending is told.
 */
export function masked(value: string): string {
  const letter = [...new Intl.Segmenter().segment(value.trim())][0]?.segment ?? '';
  return value.includes('@') ? `${letter.replace('@', '')}${DOTS}@…` : `${letter}${DOTS}`;
}
