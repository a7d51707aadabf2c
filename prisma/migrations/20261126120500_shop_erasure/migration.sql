-- Everything of a shop can be erased, and of no shop but one that is marked as erased: whatever the code asks for.

CREATE FUNCTION app.is_redacted(of_shop uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN EXISTS (SELECT FROM app.shops s WHERE s.id = of_shop AND s.status = 'redacted');

-- Opens a table to `app.redact_rows`. A migration that makes a table of a shop calls it; a law says so.
CREATE FUNCTION app.open_to_redaction(target regclass, condition text DEFAULT 'true') RETURNS void
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  EXECUTE format(
    'CREATE POLICY redaction ON %s FOR ALL TO ci_owner USING (shop_id = app.current_shop() AND app.is_redacted(shop_id) AND (%s)) WITH CHECK (false)',
    target, condition);
END $$;
REVOKE ALL ON FUNCTION app.open_to_redaction(regclass, text) FROM PUBLIC;

DO $$
DECLARE
  target regclass;
BEGIN
  FOR target IN
    SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'shop_id' AND NOT a.attisdropped
    WHERE n.nspname = 'app' AND c.relkind = 'r'
      -- What remains of a shop: what was agreed, and the proof that everything else is gone.
      AND c.relname NOT IN ('agreement_acceptances', 'privacy_requests', 'privacy_request_steps', 'erasure_runs', 'erasure_receipts')
  LOOP
    PERFORM app.open_to_redaction(target);
  END LOOP;
END $$;
SELECT app.open_to_redaction('app.privacy_requests', $$kind <> 'shop-erasure'$$);
SELECT app.open_to_redaction(t::regclass,
  format('NOT EXISTS (SELECT FROM app.privacy_requests r WHERE r.shop_id = %s.shop_id AND r.id = request_id AND r.kind = ''shop-erasure'')',
    split_part(t, '.', 2)))
FROM unnest(ARRAY['app.privacy_request_steps', 'app.erasure_runs', 'app.erasure_receipts']) AS t;
CREATE POLICY redaction ON inbox.events FOR DELETE TO ci_owner
  USING (shop_id = app.current_shop() AND app.is_redacted(shop_id));

-- Deletes some rows of the transaction's shop from a table that is open to it; says how many.
CREATE FUNCTION app.redact_rows(target regclass, at_most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  gone integer;
BEGIN
  IF app.current_shop() IS NULL OR NOT app.is_redacted(app.current_shop()) THEN
    RAISE EXCEPTION 'not a shop that is erased' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = target AND p.polname = 'redaction') THEN
    RAISE EXCEPTION 'not a table of a shop' USING ERRCODE = 'insufficient_privilege';
  END IF;
  EXECUTE format(
    'DELETE FROM %1$s WHERE shop_id = app.current_shop() AND ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE shop_id = app.current_shop() LIMIT $1))',
    target) USING at_most;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

-- The inbox is partitioned, so its rows are found by their key. Requests by law stay: they carry nothing any more.
CREATE FUNCTION app.redact_inbox(at_most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  gone integer;
BEGIN
  IF app.current_shop() IS NULL OR NOT app.is_redacted(app.current_shop()) THEN
    RAISE EXCEPTION 'not a shop that is erased' USING ERRCODE = 'insufficient_privilege';
  END IF;
  DELETE FROM inbox.events e USING (
    SELECT i.day, i.topic, i.digest FROM inbox.events i
    WHERE i.shop_id = app.current_shop() AND i.topic NOT IN (13, 15, 16, 17) LIMIT at_most) AS old
  WHERE e.shop_id = app.current_shop() AND e.day = old.day AND e.topic = old.topic AND e.digest = old.digest;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

-- Of an agreement the version, the digest and the dates stay; who signed it goes. Its key is gone already.
CREATE POLICY redaction ON app.agreement_acceptances FOR ALL TO ci_owner
  USING (shop_id = app.current_shop() AND app.is_redacted(shop_id)) WITH CHECK (shop_id = app.current_shop());
CREATE FUNCTION app.redact_agreements() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  emptied integer;
BEGIN
  IF app.current_shop() IS NULL OR NOT app.is_redacted(app.current_shop()) THEN
    RAISE EXCEPTION 'not a shop that is erased' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE app.agreement_acceptances SET sealed = '' WHERE shop_id = app.current_shop() AND sealed <> '';
  GET DIAGNOSTICS emptied = ROW_COUNT;
  RETURN emptied;
END $$;

REVOKE ALL ON FUNCTION app.redact_rows(regclass, integer), app.redact_inbox(integer), app.redact_agreements() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.redact_rows(regclass, integer), app.redact_inbox(integer), app.redact_agreements() TO ci_app;

-- The access log of a shop that is erased goes with it: nothing it could prove has a shop any more.
CREATE OR REPLACE FUNCTION app.keep_access_records() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' AND (app.is_redacted(OLD.shop_id) OR (
    OLD.recorded_at < clock_timestamp() - interval '13 months' AND EXISTS (
      SELECT FROM app.access_checkpoints c WHERE c.shop_id = OLD.shop_id AND c.kind = 'retired' AND c.seq >= OLD.seq
    ))) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'access records stay as they are' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;

CREATE OR REPLACE FUNCTION app.keep_access_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' AND app.is_redacted(OLD.shop_id) THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.shop_id = OLD.shop_id AND NEW.seq = OLD.seq + 1 AND EXISTS (
    SELECT FROM app.access_records r
    WHERE r.shop_id = NEW.shop_id AND r.seq = NEW.seq AND r.hash = NEW.hash AND r.previous_hash = OLD.hash
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a chain of access records only grows' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;

CREATE FUNCTION app.keep_checkpoints() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' AND app.is_redacted(OLD.shop_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;
DROP TRIGGER stays ON app.access_checkpoints;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON app.access_checkpoints FOR EACH ROW EXECUTE FUNCTION app.keep_checkpoints();
ALTER TABLE app.access_checkpoints ENABLE ALWAYS TRIGGER stays;

-- Shops that went before a given time and of which nobody said that they are to be erased.
CREATE FUNCTION app.shops_gone_since(before timestamptz, at_most integer) RETURNS TABLE (shop_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT s.id FROM app.shops s WHERE s.status = 'uninstalled' AND s.uninstalled_at < before
    AND NOT EXISTS (
      SELECT FROM app.privacy_requests r WHERE r.shop_id = s.id AND r.kind = 'shop-erasure' AND r.finished_at IS NULL)
  LIMIT at_most
$$;
REVOKE ALL ON FUNCTION app.shops_gone_since(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.shops_gone_since(timestamptz, integer) TO ci_dispatch;

CREATE OR REPLACE FUNCTION app.keep_access_reviews() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.reviewed_at IS NULL THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND (app.is_redacted(OLD.shop_id) OR OLD.reviewed_at < clock_timestamp() - interval '13 months') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'a review that was signed off stays as it is' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;
