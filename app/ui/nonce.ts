import { createContext, useContext } from 'react';

/**
 * The number that this answer's content security policy lets scripts of the document carry. Empty in the browser, which
 * hides it from scripts on purpose.
 */
export const NonceContext = createContext<string | undefined>(undefined);

export function useNonce(): string | undefined {
  return useContext(NonceContext);
}
