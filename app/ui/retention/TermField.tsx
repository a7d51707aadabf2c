import { Box, TextField } from '@shopify/polaris';

import { RETENTION_RULES, type RetentionRuleName } from '#app/privacy/retention.ts';
import type { TermProblem } from '#app/privacy/retention/terms.ts';
import { retention } from '#app/ui/texts/retention.ts';

const t = retention;

interface TermFieldProps {
  readonly rule: RetentionRuleName;
  readonly value: string;
  readonly problem: TermProblem | null;
  readonly isDisabled: boolean;
  readonly onChange: (rule: RetentionRuleName, value: string) => void;
}

/** One term, with its unit and the limits it has to keep to. */
export function TermField({ rule, value, problem, isDisabled, onChange }: TermFieldProps) {
  const { min, max, unit } = RETENTION_RULES[rule];
  return (
    <Box maxWidth="28rem">
      <TextField
        label={t.rules[rule]}
        name={rule}
        inputMode="numeric"
        autoComplete="off"
        value={value}
        disabled={isDisabled}
        suffix={t.suffix[unit]}
        helpText={t.between(min, max, unit, t.help[rule])}
        onChange={(typed) => onChange(rule, typed)}
        {...(problem === null ? {} : { error: t.problems[problem](min, max, unit) })}
      />
    </Box>
  );
}
