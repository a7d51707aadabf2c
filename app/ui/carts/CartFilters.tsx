import { IndexFilters, IndexFiltersMode, useSetIndexFiltersMode } from '@shopify/polaris';
import { useEffect, useState } from 'react';

import { CART_VIEWS, type CartView } from '#app/carts/views.ts';
import { texts } from '#app/ui/texts/texts.ts';

/** As long as somebody types, nothing is fetched. */
const TYPING_PAUSE_MS = 300;

interface CartFiltersProps {
  readonly view: CartView;
  readonly code: string;
  readonly isLoading: boolean;
  readonly onChange: (change: { readonly view: CartView; readonly code: string }) => void;
}

/** The saved views as tabs, and the search for a customer's code. */
export function CartFilters({ view, code, isLoading, onChange }: CartFiltersProps) {
  // An address that searches shows for what.
  const { mode, setMode } = useSetIndexFiltersMode(code === '' ? IndexFiltersMode.Default : IndexFiltersMode.Filtering);
  const [typed, setTyped] = useState(code);

  // The address changes by other ways too: back, or "clear search".
  useEffect(() => setTyped(code), [code]);
  useEffect(() => {
    if (typed === code) return;
    const timer = setTimeout(() => onChange({ view, code: typed }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, code, view, onChange]);

  const clear = () => {
    setTyped('');
    onChange({ view, code: '' });
  };
  return (
    <IndexFilters
      tabs={CART_VIEWS.map((id) => ({ id: `view-${id}`, content: texts.carts.views[id], isLocked: true, actions: [] }))}
      selected={CART_VIEWS.indexOf(view)}
      onSelect={(index) => onChange({ view: CART_VIEWS[index] ?? 'all', code })}
      canCreateNewView={false}
      mode={mode}
      setMode={setMode}
      queryValue={typed}
      queryPlaceholder={texts.carts.searchIn[view]}
      onQueryChange={setTyped}
      onQueryClear={clear}
      cancelAction={{ onAction: clear }}
      filters={[]}
      appliedFilters={[]}
      onClearAll={clear}
      hideFilters
      loading={isLoading}
      filteringAccessibilityLabel={texts.carts.searchHelp}
      filteringAccessibilityTooltip={texts.carts.searchHelp}
    />
  );
}
