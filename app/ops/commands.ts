import { auditCheckpointCommand, auditVerifyCommand } from '#app/ops/audit.ts';
import { canaryScanCommand } from '#app/ops/canary-scan.ts';
import type { OpsCommand } from '#app/ops/command.ts';
import { deadLettersCommand, replayCommand } from '#app/ops/dead-letters.ts';
import {
  keysStatusCommand,
  reencryptCommand,
  rotateIndexCommand,
  rotateKekCommand,
  rotateShopCommand,
} from '#app/ops/keys/commands.ts';
import { packageLinkCommand } from '#app/ops/package-link.ts';
import {
  erasureVerifyCommand,
  requestsListCommand,
  requestsRunCommand,
  requestsShowCommand,
  verifyReceiptCommand,
} from '#app/ops/requests.ts';
import { previewRetentionCommand, retainCommand } from '#app/ops/retention.ts';
import { statusCommand } from '#app/ops/status.ts';

/** Every operator's command there is, in the order of the help. */
export const COMMANDS: readonly OpsCommand[] = [
  statusCommand,
  deadLettersCommand,
  replayCommand,
  keysStatusCommand,
  rotateKekCommand,
  rotateShopCommand,
  reencryptCommand,
  rotateIndexCommand,
  canaryScanCommand,
  auditVerifyCommand,
  auditCheckpointCommand,
  requestsListCommand,
  requestsShowCommand,
  requestsRunCommand,
  packageLinkCommand,
  erasureVerifyCommand,
  verifyReceiptCommand,
  previewRetentionCommand,
  retainCommand,
];
