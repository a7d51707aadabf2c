import { BlockStack, Card, Checkbox, InlineStack, Select, Tag, Text } from '@shopify/polaris';

import type { Country } from '#app/access/countries.ts';
import type { Strictness } from '#app/access/settings.ts';
import { rolesTexts } from '#app/ui/texts/roles.ts';

const t = rolesTexts.strict;

interface StrictnessCardProps {
  readonly strictness: Strictness;
  readonly countries: readonly Country[];
  readonly onChange: (strictness: Strictness) => void;
}

/** How strict the shop is with its own staff, owners included. */
export function StrictnessCard({ strictness, countries, onChange }: StrictnessCardProps) {
  const { masksNames, hiddenCountries } = strictness;
  const nameOf = (code: string) => countries.find((country) => country.code === code)?.name ?? code;
  const set = (codes: readonly string[]) => onChange({ ...strictness, hiddenCountries: [...codes].sort() });
  const options = [
    { value: '', label: t.chooseCountry },
    ...countries
      .filter(({ code }) => !hiddenCountries.includes(code))
      .map(({ code, name }) => ({ value: code, label: name })),
  ];
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {t.title}
          </Text>
          <Text as="p" tone="subdued">
            {t.intro}
          </Text>
        </BlockStack>
        <Checkbox
          label={t.masks}
          helpText={t.masksHelp}
          checked={masksNames}
          onChange={(checked) => onChange({ ...strictness, masksNames: checked })}
        />
        <Select
          label={t.countries}
          helpText={t.countriesHelp}
          options={options}
          value=""
          onChange={(code) => {
            if (code !== '') set([...hiddenCountries, code]);
          }}
        />
        {hiddenCountries.length > 0 && (
          <InlineStack gap="200">
            {hiddenCountries.map((code) => (
              <Tag key={code} onRemove={() => set(hiddenCountries.filter((other) => other !== code))}>
                {nameOf(code)}
              </Tag>
            ))}
          </InlineStack>
        )}
      </BlockStack>
    </Card>
  );
}
