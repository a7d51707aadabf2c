-- Whoever renews a seal runs the trigger that asks whether the shop is erased.
GRANT EXECUTE ON FUNCTION app.is_redacted(uuid) TO ci_app;
