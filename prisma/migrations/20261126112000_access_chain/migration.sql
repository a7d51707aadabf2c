-- The access log becomes a chain: each record carries the hash of the one before it, one chain a shop.
-- The chain of the all-zero shop is the operators': what belongs to no shop.

ALTER TABLE "app"."access_records" DROP CONSTRAINT "access_records_pkey",
  ADD COLUMN "seq" BIGINT,
  ADD COLUMN "recorded_at" TIMESTAMPTZ(3),
  ADD COLUMN "outcome" TEXT,
  ADD COLUMN "reason" TEXT,
  ADD COLUMN "about_shop" UUID,
  ADD COLUMN "people_count" INTEGER,
  ADD COLUMN "previous_hash" BYTEA,
  ADD COLUMN "hash" BYTEA;

CREATE TABLE "app"."access_chains" (
    "shop_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "access_chains_pkey" PRIMARY KEY ("shop_id")
);

CREATE TABLE "app"."access_checkpoints" (
    "shop_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "note" TEXT NOT NULL,

    CONSTRAINT "access_checkpoints_pkey" PRIMARY KEY ("shop_id","kind","seq")
);

CREATE TABLE "keys"."signing_keys" (
    "key_id" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "kek_id" TEXT NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("key_id")
);

-- The encoding of app/access/log/chain.ts, said a second time: verification computes there what is written here.
CREATE FUNCTION app.length_prefixed(part bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN int4send(octet_length(part)) || part;

CREATE FUNCTION app.length_prefixed(part text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
  RETURN app.length_prefixed(convert_to(coalesce(part, ''), 'UTF8'));

CREATE FUNCTION app.access_chain_start(of_shop uuid) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
  RETURN sha256(app.length_prefixed('cart-insights/access-chain/v1') || app.length_prefixed(of_shop::text));

CREATE FUNCTION app.access_record_hash(r app.access_records) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
  RETURN sha256(
    app.length_prefixed('cart-insights/access-record/v1')
    || app.length_prefixed(r.shop_id::text)
    || app.length_prefixed(r.seq::text)
    || app.length_prefixed(r.previous_hash)
    || app.length_prefixed((extract(epoch FROM r.at) * 1000)::bigint::text)
    || app.length_prefixed((extract(epoch FROM r.recorded_at) * 1000)::bigint::text)
    || app.length_prefixed(r.actor)
    || app.length_prefixed(r.purpose)
    || app.length_prefixed(r.page)
    || app.length_prefixed(r.outcome)
    || app.length_prefixed(r.reason)
    || app.length_prefixed(r.about_shop::text)
    || app.length_prefixed(coalesce(
         (SELECT string_agg(app.length_prefixed(f), ''::bytea ORDER BY n) FROM unnest(r.fields) WITH ORDINALITY AS t (f, n)), ''))
    || app.length_prefixed(coalesce(
         (SELECT string_agg(app.length_prefixed(s), ''::bytea ORDER BY n) FROM unnest(r.subjects) WITH ORDINALITY AS t (s, n)), ''))
    || app.length_prefixed(r.people_count::text)
    || app.length_prefixed(r.value_count::text)
    || app.length_prefixed(r.request_id));

-- What was recorded before there was a chain, in the order of its times and ids. The owner is bound by the policies, hence:
ALTER TABLE app.access_records NO FORCE ROW LEVEL SECURITY;
DO $$
DECLARE
  r app.access_records;
  link bytea;
  chain uuid;
  n bigint;
BEGIN
  FOR r IN SELECT * FROM app.access_records ORDER BY shop_id, at, id LOOP
    IF chain IS DISTINCT FROM r.shop_id THEN
      chain := r.shop_id;
      n := 0;
      link := app.access_chain_start(chain);
    END IF;
    n := n + 1;
    r.seq := n;
    r.previous_hash := link;
    r.recorded_at := r.at;
    r.outcome := 'opened';
    r.hash := app.access_record_hash(r);
    link := r.hash;
    UPDATE app.access_records t
    SET seq = r.seq, previous_hash = r.previous_hash, recorded_at = r.recorded_at, outcome = r.outcome, hash = r.hash
    WHERE t.shop_id = r.shop_id AND t.id = r.id;
  END LOOP;
  INSERT INTO app.access_chains (shop_id, seq, hash)
  SELECT DISTINCT ON (shop_id) shop_id, seq, hash FROM app.access_records ORDER BY shop_id, seq DESC;
END $$;
ALTER TABLE app.access_records FORCE ROW LEVEL SECURITY;

ALTER TABLE "app"."access_records" DROP COLUMN "id",
  ALTER COLUMN "seq" SET NOT NULL,
  ALTER COLUMN "recorded_at" SET NOT NULL,
  ALTER COLUMN "outcome" SET NOT NULL,
  ALTER COLUMN "previous_hash" SET NOT NULL,
  ALTER COLUMN "hash" SET NOT NULL,
  ADD CONSTRAINT "access_records_pkey" PRIMARY KEY ("shop_id","seq");
CREATE INDEX "access_records_shop_id_actor_seq_idx" ON "app"."access_records"("shop_id", "actor", "seq" DESC);

ALTER TABLE app.access_records
  ADD CONSTRAINT access_records_outcome CHECK (outcome IN ('opened', 'started', 'done', 'failed', 'denied', 'retired')),
  -- A word from a list, never a text that somebody typed.
  ADD CONSTRAINT access_records_reason CHECK (reason ~ '^[a-z0-9][a-z0-9-]{0,59}$'),
  -- The hash could not tell a missing entry of a list from an empty one.
  ADD CONSTRAINT access_records_lists CHECK (array_position(fields, NULL) IS NULL AND array_position(subjects, NULL) IS NULL);
ALTER TABLE app.access_checkpoints ADD CONSTRAINT access_checkpoints_kind CHECK (kind IN ('checkpoint', 'retired'));

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['app.access_chains', 'app.access_checkpoints'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_shop ON %s FOR ALL TO ci_app USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop())',
      name);
    EXECUTE format('GRANT SELECT ON %s TO ci_app, ci_backup', name);
  END LOOP;
  -- The functions below act as the owner, and for the transaction's shop only.
  FOREACH name IN ARRAY ARRAY['app.access_records', 'app.access_chains', 'app.access_checkpoints'] LOOP
    EXECUTE format(
      'CREATE POLICY chain ON %s FOR ALL TO ci_owner USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop())',
      name);
  END LOOP;
END $$;
GRANT INSERT ON app.access_checkpoints TO ci_app;
-- Records come by app.append_access_record alone, so that none can stand outside the chain.
REVOKE INSERT ON app.access_records FROM ci_app;
GRANT SELECT, INSERT ON keys.signing_keys TO ci_keys;

-- Appends one record to the chain of the transaction's shop. Two at once wait for each other at the chain's row.
CREATE FUNCTION app.append_access_record(
  of_shop uuid, at timestamptz, actor text, purpose text, page text, outcome text, reason text, about_shop uuid,
  fields text[], subjects text[], people_count integer, value_count integer, request_id text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  link app.access_chains;
  r app.access_records;
BEGIN
  IF of_shop IS NULL OR of_shop IS DISTINCT FROM app.current_shop() THEN
    RAISE EXCEPTION 'not the shop of this transaction' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO link FROM app.access_chains c WHERE c.shop_id = of_shop FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO app.access_chains (shop_id, seq, hash) VALUES (of_shop, 0, app.access_chain_start(of_shop))
    ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT link FROM app.access_chains c WHERE c.shop_id = of_shop FOR UPDATE;
  END IF;
  r.shop_id := of_shop;
  r.seq := link.seq + 1;
  r.previous_hash := link.hash;
  r.at := date_trunc('milliseconds', at);
  r.recorded_at := date_trunc('milliseconds', clock_timestamp());
  r.actor := actor;
  r.purpose := purpose;
  r.page := page;
  r.outcome := outcome;
  r.reason := reason;
  r.about_shop := about_shop;
  r.fields := fields;
  r.subjects := ARRAY(SELECT decode(s, 'hex') FROM unnest(subjects) WITH ORDINALITY AS t (s, n) ORDER BY n);
  r.people_count := people_count;
  r.value_count := value_count;
  r.request_id := request_id;
  r.hash := app.access_record_hash(r);
  INSERT INTO app.access_records
    (shop_id, seq, at, recorded_at, actor, purpose, page, outcome, reason, about_shop, fields, subjects, people_count,
     value_count, request_id, previous_hash, hash)
  VALUES
    (r.shop_id, r.seq, r.at, r.recorded_at, r.actor, r.purpose, r.page, r.outcome, r.reason, r.about_shop, r.fields,
     r.subjects, r.people_count, r.value_count, r.request_id, r.previous_hash, r.hash);
  UPDATE app.access_chains c SET seq = r.seq, hash = r.hash WHERE c.shop_id = of_shop;
  RETURN r.seq;
END $$;

-- Removes the oldest records up to one that a signed statement names, none younger than the minimum retention.
CREATE FUNCTION app.retire_access_records(of_shop uuid, up_to bigint) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  removed bigint;
BEGIN
  IF of_shop IS NULL OR of_shop IS DISTINCT FROM app.current_shop() THEN
    RAISE EXCEPTION 'not the shop of this transaction' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT EXISTS (
    SELECT FROM app.access_checkpoints c
    JOIN app.access_records r ON r.shop_id = c.shop_id AND r.seq = c.seq AND r.hash = c.hash
    WHERE c.shop_id = of_shop AND c.kind = 'retired' AND c.seq = up_to
  ) THEN
    RAISE EXCEPTION 'no signed statement ends this segment' USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  -- The trigger below refuses what is too young.
  DELETE FROM app.access_records r WHERE r.shop_id = of_shop AND r.seq <= up_to;
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;

REVOKE ALL ON FUNCTION
  app.append_access_record(uuid, timestamptz, text, text, text, text, text, uuid, text[], text[], integer, integer, text),
  app.retire_access_records(uuid, bigint)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  app.append_access_record(uuid, timestamptz, text, text, text, text, text, uuid, text[], text[], integer, integer, text)
TO ci_app;
GRANT EXECUTE ON FUNCTION app.retire_access_records(uuid, bigint) TO ci_maintenance;

-- What holds even for the owner of the tables. ALWAYS: a session that plays the replica does not get past them.
CREATE FUNCTION app.keep_access_records() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.recorded_at < clock_timestamp() - interval '13 months' AND EXISTS (
    SELECT FROM app.access_checkpoints c WHERE c.shop_id = OLD.shop_id AND c.kind = 'retired' AND c.seq >= OLD.seq
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'access records stay as they are' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;

CREATE FUNCTION app.keep_access_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.shop_id = OLD.shop_id AND NEW.seq = OLD.seq + 1 AND EXISTS (
    SELECT FROM app.access_records r
    WHERE r.shop_id = NEW.shop_id AND r.seq = NEW.seq AND r.hash = NEW.hash AND r.previous_hash = OLD.hash
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a chain of access records only grows' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;

CREATE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;

CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON app.access_records FOR EACH ROW EXECUTE FUNCTION app.keep_access_records();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON app.access_records EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON app.access_chains FOR EACH ROW EXECUTE FUNCTION app.keep_access_chain();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON app.access_chains EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON app.access_checkpoints FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON app.access_checkpoints EXECUTE FUNCTION app.refuse_change();
ALTER TABLE app.access_records ENABLE ALWAYS TRIGGER stays, ENABLE ALWAYS TRIGGER never_emptied;
ALTER TABLE app.access_chains ENABLE ALWAYS TRIGGER stays, ENABLE ALWAYS TRIGGER never_emptied;
ALTER TABLE app.access_checkpoints ENABLE ALWAYS TRIGGER stays, ENABLE ALWAYS TRIGGER never_emptied;
