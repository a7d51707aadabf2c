import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { OPT_OUT_SCOPE } from '#app/privacy/choices/opt-out.ts';
import { API_VERSION } from '#app/shopify/api-version.ts';
import { fieldPathsOf } from '#app/shopify/payloads/field-paths.ts';
import { ALL_TOPICS, isComplianceTopic, TOPICS } from '#app/shopify/topics.ts';
import { parseToml, type TomlTable } from '#test/support/toml.ts';

interface Subscription {
  readonly topics?: string[];
  readonly compliance_topics?: string[];
  readonly uri: string;
  readonly include_fields?: string[];
}

const read = (name: string) => parseToml(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
const app = read('shopify.app.toml');
const webhooks = app.webhooks as TomlTable;
const subscriptions = webhooks.subscriptions as unknown as Subscription[];

describe('shopify.app.toml', () => {
  it('asks for the webhooks we know, each once and at its path', () => {
    const asked = subscriptions.flatMap(({ topics = [], compliance_topics: compliance = [], uri }) =>
      [...topics, ...compliance].map((topic) => [topic, uri]),
    );
    expect(asked.sort()).toEqual(ALL_TOPICS.map((topic) => [topic, TOPICS[topic].path]).sort());
  });

  it.each(ALL_TOPICS.filter((topic) => !isComplianceTopic(topic)))(
    'asks for exactly the fields we keep of %s',
    (topic) => {
      const subscription = subscriptions.find(({ topics }) => topics?.includes(topic));
      expect([...(subscription?.include_fields ?? [])].sort()).toEqual(fieldPathsOf(topic));
    },
  );

  it('declares the requests by law as such, with all their fields', () => {
    const byLaw = subscriptions.filter((subscription) => subscription.compliance_topics !== undefined);
    expect(byLaw).toHaveLength(1);
    expect(byLaw[0]?.compliance_topics?.sort()).toEqual(ALL_TOPICS.filter(isComplianceTopic).sort());
    expect(byLaw[0]?.include_fields).toBeUndefined();
  });

  it('asks for the version that our calls use', () => {
    expect(webhooks.api_version).toBe(API_VERSION);
  });

  it('asks for no scope that could change anything, save one when it is wanted, and says of each what it is for', () => {
    const text = readFileSync(new URL('../../shopify.app.toml', import.meta.url), 'utf8');
    const { scopes: asked, optional_scopes: optional } = app.access_scopes as TomlTable;
    const scopes = String(asked).split(',');
    expect(scopes.sort()).toEqual(['read_customer_merge', 'read_customers', 'read_orders', 'read_products']);
    expect(optional).toEqual([OPT_OUT_SCOPE]);
    for (const scope of [...scopes, OPT_OUT_SCOPE]) expect(text).toMatch(new RegExp(`^# +${scope} +\\S`, 'm'));
  });
});

it('shopify.web.toml starts what package.json has', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const commands = Object.values(read('shopify.web.toml').commands as Record<string, string>);
  for (const command of commands) expect(scripts).toHaveProperty(command.replace('npm run ', ''));
});
