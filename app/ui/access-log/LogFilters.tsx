import { BlockStack, Box, Button, InlineGrid, Select, Text, TextField } from '@shopify/polaris';
import { useSearchParams } from '@remix-run/react';

import type { LogActor } from '#app/access/log/names.ts';
import { accessLogTexts } from '#app/ui/texts/access-log.ts';

const words = accessLogTexts;

interface LogFiltersProps {
  readonly actors: readonly LogActor[];
  readonly isFiltered: boolean;
  readonly exportFailed: boolean;
}

/** Who, purpose, page and period; what is chosen stands in the address. */
export function LogFilters({ actors, isFiltered, exportFailed }: LogFiltersProps) {
  const [params, setParams] = useSearchParams();
  const choose = (name: string) => (value: string) =>
    setParams(
      (all) => {
        all.delete('before');
        if (value === '') all.delete(name);
        else all.set(name, value);
        return all;
      },
      { preventScrollReset: true },
    );
  const clear = () =>
    setParams(
      (all) => {
        for (const name of ['before', 'staff', 'purpose', 'page', 'from', 'to']) all.delete(name);
        return all;
      },
      { preventScrollReset: true },
    );
  const select = (name: string, label: string, every: string, options: readonly { label: string; value: string }[]) => (
    <Select
      label={label}
      options={[{ label: every, value: '' }, ...options]}
      value={params.get(name) ?? ''}
      onChange={choose(name)}
    />
  );
  const day = (name: string, label: string) => (
    <TextField label={label} type="date" value={params.get(name) ?? ''} onChange={choose(name)} autoComplete="off" />
  );
  return (
    <Box padding="400">
      <BlockStack gap="300">
        <InlineGrid columns={{ xs: 2, sm: 3, md: 5 }} gap="300">
          {select('staff', words.filters.who, words.filters.people, [
            { label: words.filters.everybody, value: 'all' },
            ...actors.map((actor) => ({ label: words.actor(actor), value: actor.actor })),
          ])}
          {select('purpose', words.filters.purpose, words.filters.everyPurpose, optionsOf(words.purposes))}
          {select('page', words.filters.page, words.filters.everyPage, optionsOf(words.pages))}
          {day('from', words.filters.from)}
          {day('to', words.filters.to)}
        </InlineGrid>
        {isFiltered && (
          <div>
            <Button variant="plain" onClick={clear}>
              {words.filters.clear}
            </Button>
          </div>
        )}
        <div role="alert">
          {exportFailed && (
            <Text as="p" tone="critical">
              {words.exportFailed}
            </Text>
          )}
        </div>
      </BlockStack>
    </Box>
  );
}

function optionsOf(names: Readonly<Record<string, string>>) {
  return Object.entries(names).map(([value, label]) => ({ label, value }));
}
