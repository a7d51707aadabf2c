import { Badge, BlockStack, Button, Card, InlineStack, Select, Text } from '@shopify/polaris';

import type { MemberView } from '#app/access/roles-view.ts';
import { getRole, ROLES, type Role } from '#app/access/roles.ts';
import { formatAgo } from '#app/ui/format/time.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { rolesTexts } from '#app/ui/texts/roles.ts';
import { texts } from '#app/ui/texts/texts.ts';

const t = rolesTexts;

interface MemberCardProps {
  readonly member: MemberView;
  /** As the form has it; null: access has ended. */
  readonly role: Role | null;
  readonly nowMs: number;
  readonly isBusy: boolean;
  readonly onRole: (role: Role) => void;
  readonly onEnd: () => void;
  readonly onRestore: () => void;
}

/** One staff member: who it is, which role since when, and the end of access, which holds at once. */
export function MemberCard({ member, role, nowMs, isBusy, onRole, onEnd, onRestore }: MemberCardProps) {
  const { timeZone } = useShopDisplay();
  const name = member.name ?? member.email ?? t.unnamed;
  const since = formatAgo(member.sinceMs, nowMs, timeZone);
  const seen = formatAgo(member.lastSeenAtMs, nowMs, timeZone);
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <InlineStack gap="200" blockAlign="center">
            <Text as="h2" variant="headingMd">
              {name}
            </Text>
            {member.isYou && <Badge>{t.you}</Badge>}
            {member.isAccountOwner && <Badge tone="info">{t.accountOwnerBadge}</Badge>}
            {role === null && <Badge tone="critical">{t.ended}</Badge>}
          </InlineStack>
          {!member.isAccountOwner && role !== null && (
            <Button
              variant="tertiary"
              tone="critical"
              disabled={isBusy}
              accessibilityLabel={t.endNowLabel(name)}
              onClick={onEnd}
            >
              {t.endNow}
            </Button>
          )}
        </InlineStack>
        {member.email !== null && member.name !== null && (
          <span className="ci-wrap">
            <Text as="span" tone="subdued">
              {member.email}
            </Text>
          </span>
        )}
        {role === null ? (
          <InlineStack>
            <Button disabled={isBusy} accessibilityLabel={t.restoreLabel(name)} onClick={onRestore}>
              {t.restore}
            </Button>
          </InlineStack>
        ) : (
          <Select
            label={t.roleOf(name)}
            labelHidden
            options={ROLES.map((value) => ({ value, label: texts.access.roles[value] }))}
            value={role}
            disabled={member.isAccountOwner}
            onChange={(value) => {
              const chosen = getRole(value);
              if (chosen !== null) onRole(chosen);
            }}
            helpText={member.isAccountOwner ? t.accountOwnerHelp : texts.access.roleMeans[role]}
          />
        )}
        <Text as="p" tone="subdued" variant="bodySm">
          {[
            role === null ? t.endedSince(since, member.givenBy) : t.since(since, member.givenBy),
            t.lastSeen(seen),
          ].join(' · ')}
        </Text>
      </BlockStack>
    </Card>
  );
}
