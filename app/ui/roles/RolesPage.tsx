import { useFetcher } from '@remix-run/react';
import { SaveBar } from '@shopify/app-bridge-react';
import { Banner, BlockStack, Box, Card, Layout, Page, Text } from '@shopify/polaris';
import { useEffect, useMemo, useState } from 'react';

import type { RolesForm, RolesResult } from '#app/access/roles-submit.ts';
import type { RolesView } from '#app/access/roles-view.ts';
import { ROLES, type Role } from '#app/access/roles.ts';
import type { Strictness } from '#app/access/settings.ts';
import { MemberRow } from '#app/ui/roles/MemberRow.tsx';
import { StrictnessCard } from '#app/ui/roles/StrictnessCard.tsx';
import { rolesTexts } from '#app/ui/texts/roles.ts';
import { texts } from '#app/ui/texts/texts.ts';

const t = rolesTexts;
const SAVE_BAR = 'roles-save-bar';

/** Settings → Roles: who of the staff may see what, and how strict the shop is with all of them. */
export function RolesPage({ view }: { readonly view: RolesView }) {
  const fetcher = useFetcher<RolesResult>();
  const [roles, setRoles] = useState<Readonly<Record<string, Role>>>({});
  const [strictness, setStrictness] = useState<Strictness>(view.strictness);
  const changes = useMemo(() => changesOf(view, roles), [view, roles]);
  const isStricter = JSON.stringify(strictness) !== JSON.stringify(view.strictness);
  const isBusy = fetcher.state !== 'idle';
  const refusal = fetcher.data?.ok === false ? fetcher.data.reason : null;

  const discard = () => {
    setRoles({});
    setStrictness(view.strictness);
  };
  // What was saved comes back with the page, and with it the form as it now stands.
  useEffect(discard, [view]);
  const send = (form: RolesForm) =>
    fetcher.submit(JSON.stringify(form), { method: 'post', encType: 'application/json' });
  const save = () =>
    send({
      changes,
      strictness: isStricter ? { ...strictness, hiddenCountries: [...strictness.hiddenCountries] } : null,
    });
  const changeNow = (memberId: string, to: Role | 'ended') => send({ changes: [{ memberId, to }], strictness: null });

  return (
    <Page title={t.title} subtitle={t.subtitle}>
      <SaveBar id={SAVE_BAR} open={changes.length > 0 || isStricter}>
        <button variant="primary" disabled={isBusy} onClick={save}>
          {t.save}
        </button>
        <button onClick={discard}>{t.discard}</button>
      </SaveBar>
      <BlockStack gap="400">
        {refusal !== null && (
          <Banner tone="critical" title={t.notSaved}>
            {t.refused[refusal]}
          </Banner>
        )}
        <Layout>
          <Layout.Section>
            <BlockStack gap="400">
              <Card padding="0">
                {view.members.map((member) => (
                  <MemberRow
                    key={member.id}
                    member={member}
                    role={roles[member.id] ?? member.role}
                    nowMs={view.readAtMs}
                    isBusy={isBusy}
                    onRole={(role) => setRoles({ ...roles, [member.id]: role })}
                    onEnd={() => changeNow(member.id, 'ended')}
                    onRestore={() => changeNow(member.id, 'analyst')}
                  />
                ))}
                <Box padding="400" background="bg-surface-secondary">
                  <Text as="p" tone="subdued">
                    {t.firstVisit}
                  </Text>
                </Box>
              </Card>
              <StrictnessCard strictness={strictness} countries={view.countries} onChange={setStrictness} />
            </BlockStack>
          </Layout.Section>
          <Layout.Section variant="oneThird">
            <Card>
              <BlockStack gap="400">
                <Text as="h2" variant="headingMd">
                  {t.whatRolesMean}
                </Text>
                {ROLES.map((role) => (
                  <BlockStack key={role} gap="050">
                    <Text as="h3" variant="headingSm">
                      {texts.access.roles[role]}
                    </Text>
                    <Text as="p">{texts.access.roleMeans[role]}</Text>
                  </BlockStack>
                ))}
                <Text as="p" tone="subdued">
                  {t.accountOwner}
                </Text>
              </BlockStack>
            </Card>
          </Layout.Section>
        </Layout>
      </BlockStack>
    </Page>
  );
}

function changesOf(view: RolesView, roles: Readonly<Record<string, Role>>): RolesForm['changes'] {
  return view.members.flatMap(({ id, role }) => {
    const to = roles[id];
    return to === undefined || to === role ? [] : [{ memberId: id, to }];
  });
}
