-- What Prisma cannot say: who may do what, which rows a shop sees, and the inbox.
-- Applied as ci_owner, which nothing that runs can become. The tables stand; this closes them.

GRANT USAGE ON SCHEMA app TO ci_app, ci_edge, ci_dispatch, ci_maintenance, ci_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA app TO ci_backup;
GRANT USAGE ON SCHEMA keys TO ci_keys;

ALTER TABLE app.shops
  ADD CONSTRAINT shops_status CHECK (status IN ('known', 'installed', 'uninstalled', 'redacted')),
  ADD CONSTRAINT shops_domain CHECK (domain = lower(domain) AND length(domain) <= 255);
ALTER TABLE app.carts
  ADD CONSTRAINT carts_content_origin CHECK (content_origin IN ('cart', 'checkout', 'order'));
ALTER TABLE app.privacy_requests
  ADD CONSTRAINT privacy_requests_sealed CHECK (held OR sealed IS NULL);

-- The current shop: empty and unset alike mean "none", which matches no row.
CREATE FUNCTION app.current_shop() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.shop', true), '')::uuid;
GRANT EXECUTE ON FUNCTION app.current_shop() TO PUBLIC;

-- Forced row-level security on every table of a shop; the role that owns the tables is bound as well.
DO $$
DECLARE
  name text;
  reader text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'app.shop_activity', 'app.sessions', 'app.agreement_acceptances', 'app.agreement_delegates', 'app.privacy_contacts',
    'app.people', 'app.person_aliases', 'app.carts', 'app.cart_states', 'app.checkouts', 'app.orders',
    'app.privacy_requests', 'app.access_records', 'app.catalogue_variants', 'keys.shop_keys', 'keys.subject_keys'
  ] LOOP
    reader := CASE WHEN name LIKE 'keys.%' THEN 'ci_keys' ELSE 'ci_app' END;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_shop ON %s FOR ALL TO %I USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop())',
      name, reader);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', name, reader);
  END LOOP;
END $$;

-- An access record is written once: nobody who runs may change or remove one.
REVOKE UPDATE, DELETE ON app.access_records FROM ci_app;
-- Who accepted what stays as it was; only the end of an agreement is added. A request's clock is never turned back.
REVOKE UPDATE, DELETE ON app.agreement_acceptances, app.privacy_requests FROM ci_app;
GRANT UPDATE (ended_at) ON app.agreement_acceptances TO ci_app;
GRANT UPDATE (state) ON app.privacy_requests TO ci_app;

ALTER TABLE app.shops ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.shops FORCE ROW LEVEL SECURITY;
CREATE POLICY own_shop ON app.shops FOR ALL TO ci_app USING (id = app.current_shop()) WITH CHECK (id = app.current_shop());
GRANT SELECT, UPDATE ON app.shops TO ci_app;
-- The directory functions below run as the owner and may see which shops there are.
CREATE POLICY directory ON app.shops FOR ALL TO ci_owner USING (true) WITH CHECK (true);

-- Keys that belong to no shop.
GRANT SELECT, INSERT ON keys.kek_checks TO ci_keys;
GRANT EXECUTE ON FUNCTION app.current_shop() TO ci_keys;
GRANT USAGE ON SCHEMA app TO ci_keys;

-- The inbox: sealed webhooks on their way to the worker. One partition a day, dropped whole.
CREATE SCHEMA inbox;
GRANT USAGE ON SCHEMA inbox TO ci_edge, ci_dispatch, ci_app, ci_maintenance;

CREATE TABLE inbox.events (
  shop_id          uuid        NOT NULL,
  day              date        NOT NULL,
  topic            smallint    NOT NULL,
  digest           bytea       NOT NULL,
  epoch            integer     NOT NULL,
  received_at      timestamptz NOT NULL,
  triggered_at     timestamptz,
  day_from_receipt boolean     NOT NULL DEFAULT false,
  webhook_id       text,
  event_id         text,
  pending          boolean     NOT NULL DEFAULT true,
  attempts         smallint    NOT NULL DEFAULT 0,
  retry_at         timestamptz,
  failure_code     text,
  parked_ref       bytea,
  sealed           bytea,
  PRIMARY KEY (shop_id, day, topic, digest)
) PARTITION BY RANGE (day);

CREATE INDEX events_pending ON inbox.events (shop_id, received_at) WHERE pending;
CREATE INDEX events_parked ON inbox.events (shop_id, parked_ref) WHERE parked_ref IS NOT NULL;
CREATE INDEX events_failed ON inbox.events (shop_id, received_at) WHERE failure_code IS NOT NULL;

ALTER TABLE inbox.events ENABLE ROW LEVEL SECURITY;
ALTER TABLE inbox.events FORCE ROW LEVEL SECURITY;
CREATE POLICY edge_writes ON inbox.events FOR INSERT TO ci_edge WITH CHECK (true);
CREATE POLICY own_shop ON inbox.events FOR ALL TO ci_app USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop());
CREATE POLICY directory ON inbox.events FOR SELECT TO ci_owner USING (true);
GRANT INSERT ON inbox.events TO ci_edge;
GRANT SELECT, UPDATE ON inbox.events TO ci_app;

-- Which shops may be written for, as the commit sees it: the flush joins this, so an uninstall that committed first wins.
CREATE FUNCTION inbox.live_shops(shops uuid[]) RETURNS TABLE (shop_id uuid, epoch integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT s.id, s.epoch FROM app.shops s
  WHERE s.id = ANY (shops) AND s.status = 'installed' AND s.onboarded_at IS NOT NULL
$$;

-- The whole directory of installations, for the edge's memory. No personal data: domain, number of the installation, state.
CREATE FUNCTION inbox.installations(domains text[] DEFAULT NULL)
  RETURNS TABLE (shop_id uuid, domain text, epoch integer, active boolean, has_keys boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT s.id, s.domain, s.epoch, s.status = 'installed' AND s.onboarded_at IS NOT NULL, s.status IN ('installed', 'uninstalled')
  FROM app.shops s WHERE domains IS NULL OR s.domain = ANY (domains)
$$;

-- The shop of a domain; made when a signed message names one that we have not met.
CREATE FUNCTION app.ensure_shop(shop_domain text, new_id uuid) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  found uuid;
BEGIN
  SELECT s.id INTO found FROM app.shops s WHERE s.domain = shop_domain;
  IF found IS NULL THEN
    INSERT INTO app.shops (id, domain) VALUES (new_id, shop_domain) ON CONFLICT (domain) DO NOTHING;
    SELECT s.id INTO found FROM app.shops s WHERE s.domain = shop_domain;
  END IF;
  RETURN found;
END $$;

CREATE FUNCTION app.shop_by_domain(shop_domain text) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT s.id FROM app.shops s WHERE s.domain = shop_domain
$$;

-- Shops that have something due, oldest work first. A skip scan over the index of pending rows: cost grows with the shops that wait, not with the rows.
CREATE FUNCTION inbox.shops_with_work(at_most integer) RETURNS TABLE (shop_id uuid, oldest timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  WITH RECURSIVE waiting AS (
    (SELECT e.shop_id, e.received_at FROM inbox.events e WHERE e.pending ORDER BY e.shop_id, e.received_at LIMIT 1)
    UNION ALL
    SELECT n.shop_id, n.received_at FROM waiting w CROSS JOIN LATERAL (
      SELECT e.shop_id, e.received_at FROM inbox.events e
      WHERE e.pending AND e.shop_id > w.shop_id ORDER BY e.shop_id, e.received_at LIMIT 1) n
  )
  SELECT w.shop_id, w.received_at FROM waiting w
  WHERE EXISTS (
    SELECT FROM inbox.events e
    WHERE e.pending AND e.shop_id = w.shop_id AND (e.retry_at IS NULL OR e.retry_at <= clock_timestamp()))
  ORDER BY 2 LIMIT at_most
$$;

-- The days' secrets, wrapped, for those who seal into the inbox.
CREATE FUNCTION inbox.day_keys() RETURNS TABLE (day date, kek_id text, wrapped bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT d.day, d.kek_id, d.wrapped FROM keys.inbox_days d
$$;

-- A day is opened with its partition and its secret together; the first writer's secret stands.
CREATE FUNCTION inbox.open_day(new_day date, new_kek_id text, new_wrapped bytea) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  partition text := 'events_' || to_char(new_day, 'YYYYMMDD');
BEGIN
  IF new_day < current_date - 3 OR new_day > current_date + 14 THEN
    RAISE EXCEPTION 'day out of range';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('inbox.days', 0));
  IF to_regclass('inbox.' || partition) IS NULL THEN
    EXECUTE format('CREATE TABLE inbox.%I PARTITION OF inbox.events FOR VALUES FROM (%L) TO (%L)', partition, new_day, new_day + 1);
    EXECUTE format('ALTER TABLE inbox.%I ENABLE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE inbox.%I FORCE ROW LEVEL SECURITY', partition);
  END IF;
  INSERT INTO keys.inbox_days (day, kek_id, wrapped) VALUES (new_day, new_kek_id, new_wrapped) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;

-- The end of days: partition and secret go together, so that what a copy of the disk still holds cannot be opened.
CREATE FUNCTION inbox.close_days(before date) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  closed integer := 0;
  name text;
BEGIN
  IF before > current_date - 6 THEN
    RAISE EXCEPTION 'the last seven days stay';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('inbox.days', 0));
  FOR name IN
    SELECT c.relname FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'inbox.events'::regclass AND c.relname ~ '^events_[0-9]{8}$'
      AND to_date(substr(c.relname, 8), 'YYYYMMDD') < before
  LOOP
    EXECUTE format('DROP TABLE inbox.%I', name);
    closed := closed + 1;
  END LOOP;
  DELETE FROM keys.inbox_days d WHERE d.day < before;
  RETURN closed;
END $$;

REVOKE ALL ON FUNCTION
  inbox.live_shops(uuid[]), inbox.installations(text[]), app.ensure_shop(text, uuid), app.shop_by_domain(text),
  inbox.shops_with_work(integer), inbox.day_keys(), inbox.open_day(date, text, bytea), inbox.close_days(date)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inbox.live_shops(uuid[]), inbox.installations(text[]), inbox.day_keys() TO ci_edge;
GRANT EXECUTE ON FUNCTION inbox.day_keys() TO ci_dispatch, ci_maintenance;
GRANT EXECUTE ON FUNCTION app.ensure_shop(text, uuid) TO ci_edge, ci_app;
GRANT EXECUTE ON FUNCTION app.shop_by_domain(text) TO ci_app;
GRANT EXECUTE ON FUNCTION inbox.shops_with_work(integer), inbox.installations(text[]) TO ci_dispatch;
GRANT EXECUTE ON FUNCTION inbox.open_day(date, text, bytea), inbox.close_days(date) TO ci_maintenance;
