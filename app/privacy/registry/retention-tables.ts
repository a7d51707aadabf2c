import { columnsOf, MERCHANT, OURS, SESSION } from '#app/privacy/registry/entry.ts';
import type { ModelEntry } from '#app/privacy/registry/models.ts';

/** How long the shop keeps what, and what went when. Shoppers do not occur here. */

const settings = {
  retention: 'installation',
  erase: { how: 'keep', reason: 'No shopper occurs in it.' },
  basis: 'contract-with-merchant',
  purposes: ['security'],
} as const;
const ofSettings = columnsOf(settings);

export const retentionSettings: ModelEntry<'RetentionSettings'> = {
  ...settings,
  table: 'app.retention_settings',
  about: 'How long the shop keeps what: every version, with who set it and when.',
  columns: {
    shopId: ofSettings.technical(OURS('the shop')),
    version: ofSettings.shop(OURS('version')),
    changedAt: ofSettings.shop(OURS('clock')),
    actor: ofSettings.handle(SESSION('keyed digest of the staff member’s id'), { level: 0 }),
    terms: ofSettings.shop(MERCHANT('a number of days or months for each kind of data')),
  },
};

const runs = { ...settings, retention: 'retention-run' } as const;
const ofRuns = columnsOf(runs);

export const retentionRuns: ModelEntry<'RetentionRun'> = {
  ...runs,
  table: 'app.retention_runs',
  about: 'What was removed because its time was up: counts, never what it was.',
  columns: {
    shopId: ofRuns.technical(OURS('the shop')),
    id: ofRuns.technical(OURS('random id')),
    startedAt: ofRuns.shop(OURS('clock')),
    finishedAt: ofRuns.shop(OURS('clock')),
    moment: ofRuns.shop(OURS('the time all terms are measured from')),
    actor: ofRuns.handle(OURS('the schedule, or the operator who asked for it'), { level: 0 }),
    state: ofRuns.shop(OURS('how far it is')),
    reason: ofRuns.shop(OURS('why it was stopped')),
    settingsVersion: ofRuns.shop(OURS('version of the settings')),
    terms: ofRuns.shop(OURS('the terms in force')),
    plan: ofRuns.shop(OURS('how much was going to go, counted before')),
    progress: ofRuns.shop(OURS('how much went')),
  },
};
