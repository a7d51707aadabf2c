-- A day ends with everything in it. But a request by law, or a farewell, that no worker has taken up yet, since none ran for a
-- week, must not end with it unseen: such a day waits until one has, which takes the first worker seconds. Not for longer than a
-- month: what nobody has taken up by then cannot be opened.
CREATE OR REPLACE FUNCTION inbox.close_days(before date) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  closed integer := 0;
  name text;
  ended text[];
BEGIN
  IF before > current_date - 6 THEN
    RAISE EXCEPTION 'the last seven days stay';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('inbox.days', 0));
  -- Read to its end first: what is being read cannot be dropped.
  ended := ARRAY(
    SELECT c.relname FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL to_date(substr(c.relname, 8), 'YYYYMMDD') AS of_day
    WHERE i.inhparent = 'inbox.events'::regclass AND c.relname ~ '^events_[0-9]{8}$' AND of_day < before
      AND NOT (of_day >= before - 30 AND EXISTS (
        SELECT FROM inbox.events e WHERE e.day = of_day AND e.pending AND e.attempts = 0 AND e.topic IN (13, 15, 16, 17))));
  FOREACH name IN ARRAY ended LOOP
    EXECUTE format('DROP TABLE inbox.%I', name);
    closed := closed + 1;
  END LOOP;
  DELETE FROM keys.inbox_days d
  WHERE d.day < before AND to_regclass('inbox.events_' || to_char(d.day, 'YYYYMMDD')) IS NULL;
  RETURN closed;
END $$;
