-- Tables of a shop that came since are open to its erasure as well.
DO $$
DECLARE
  target regclass;
BEGIN
  FOR target IN
    SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'shop_id' AND NOT a.attisdropped
    WHERE n.nspname = 'app' AND c.relkind = 'r'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'redaction')
  LOOP
    PERFORM app.open_to_redaction(target);
  END LOOP;
END $$;
