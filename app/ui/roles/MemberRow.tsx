import { Badge, BlockStack, Box, Button, InlineGrid, InlineStack, Select, Text } from '@shopify/polaris';

import type { MemberView } from '#app/access/roles-view.ts';
import { getRole, ROLES, type Role } from '#app/access/roles.ts';
import { formatAgo } from '#app/ui/format/time.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { rolesTexts } from '#app/ui/texts/roles.ts';
import { texts } from '#app/ui/texts/texts.ts';

const t = rolesTexts;

interface MemberRowProps {
  readonly member: MemberView;
  /** As the form has it; null: access has ended. */
  readonly role: Role | null;
  readonly nowMs: number;
  readonly isBusy: boolean;
  readonly onRole: (role: Role) => void;
  readonly onEnd: () => void;
  readonly onRestore: () => void;
}

/** One staff member: who it is and since when, and beside it the role and the end of access, which holds at once. */
export function MemberRow({ member, role, nowMs, isBusy, onRole, onEnd, onRestore }: MemberRowProps) {
  const name = member.name ?? member.email ?? t.unnamed;
  return (
    <Box padding="400" borderBlockEndWidth="025" borderColor="border-secondary">
      <InlineGrid columns={{ xs: 1, sm: '1fr 16rem' }} gap="300">
        <Who member={member} name={name} role={role} nowMs={nowMs} />
        {member.isAccountOwner && (
          <BlockStack gap="100">
            <Text as="p">{texts.access.roles.owner}</Text>
            <Text as="p" tone="subdued">
              {t.accountOwnerHelp}
            </Text>
          </BlockStack>
        )}
        {!member.isAccountOwner && role === null && (
          <InlineStack blockAlign="start">
            <Button disabled={isBusy} accessibilityLabel={t.restoreLabel(name)} onClick={onRestore}>
              {t.restore}
            </Button>
          </InlineStack>
        )}
        {!member.isAccountOwner && role !== null && (
          <BlockStack gap="200">
            <Select
              label={t.roleOf(name)}
              labelHidden
              options={ROLES.map((value) => ({ value, label: texts.access.roles[value] }))}
              value={role}
              onChange={(value) => {
                const chosen = getRole(value);
                if (chosen !== null) onRole(chosen);
              }}
              helpText={texts.access.roleMeans[role]}
            />
            <InlineStack>
              <Button
                variant="plain"
                tone="critical"
                disabled={isBusy}
                accessibilityLabel={t.endNowLabel(name)}
                onClick={onEnd}
              >
                {t.endNow}
              </Button>
            </InlineStack>
          </BlockStack>
        )}
      </InlineGrid>
    </Box>
  );
}

interface WhoProps extends Pick<MemberRowProps, 'member' | 'role' | 'nowMs'> {
  readonly name: string;
}

function Who({ member, name, role, nowMs }: WhoProps) {
  const { timeZone } = useShopDisplay();
  const since = formatAgo(member.sinceMs, nowMs, timeZone);
  const seen = formatAgo(member.lastSeenAtMs, nowMs, timeZone);
  return (
    <BlockStack gap="100">
      <InlineStack gap="200" blockAlign="center">
        <span className="ci-wrap">
          <Text as="h2" variant="headingMd">
            {name}
          </Text>
        </span>
        {member.isYou && <Badge>{t.you}</Badge>}
        {member.isAccountOwner && <Badge tone="info">{t.accountOwnerBadge}</Badge>}
        {role === null && <Badge tone="critical">{t.ended}</Badge>}
      </InlineStack>
      {member.email !== null && member.name !== null && (
        <span className="ci-wrap">
          <Text as="span" tone="subdued">
            {member.email}
          </Text>
        </span>
      )}
      <Text as="p" tone="subdued" variant="bodySm">
        {role === null ? t.endedSince(since, member.givenBy) : t.since(since, member.givenBy)}
      </Text>
      <Text as="p" tone="subdued" variant="bodySm">
        {t.lastSeen(seen)}
      </Text>
    </BlockStack>
  );
}
