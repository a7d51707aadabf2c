-- What verification found, and what of the access log a second person looks at.

CREATE TABLE "app"."access_checks" (
    "shop_id" UUID NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "is_intact" BOOLEAN NOT NULL,
    "records" BIGINT NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "faults" TEXT[],

    CONSTRAINT "access_checks_pkey" PRIMARY KEY ("shop_id")
);

CREATE TABLE "app"."access_reviews" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "part" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "threshold" INTEGER NOT NULL,
    "up_to_seq" BIGINT NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "reviewed_at" TIMESTAMPTZ(3),
    "reviewed_by" TEXT,
    "verdict" TEXT,
    "reason" TEXT,

    CONSTRAINT "access_reviews_pkey" PRIMARY KEY ("shop_id","id")
);

CREATE UNIQUE INDEX "access_reviews_shop_id_rule_actor_day_part_key" ON "app"."access_reviews"("shop_id", "rule", "actor", "day", "part");

ALTER TABLE app.access_reviews
  ADD CONSTRAINT access_reviews_whole CHECK (
    num_nulls(reviewed_at, reviewed_by, verdict, reason) IN (0, 4)),
  -- Whoever it is about does not sign it off, whatever a program says.
  ADD CONSTRAINT access_reviews_second_person CHECK (reviewed_by <> actor),
  ADD CONSTRAINT access_reviews_words CHECK (verdict ~ '^[a-z-]{1,40}$' AND reason ~ '^[a-z-]{1,40}$');

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['app.access_checks', 'app.access_reviews'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_shop ON %s FOR ALL TO ci_app USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop())',
      name);
    EXECUTE format('GRANT SELECT, INSERT ON %s TO ci_app', name);
    EXECUTE format('GRANT SELECT ON %s TO ci_backup', name);
  END LOOP;
END $$;
GRANT UPDATE (checked_at, is_intact, records, seq, hash, faults) ON app.access_checks TO ci_app;
GRANT UPDATE (count, up_to_seq, reviewed_at, reviewed_by, verdict, reason) ON app.access_reviews TO ci_app;
-- Reviews of records that are gone go with them.
CREATE POLICY chain ON app.access_reviews FOR ALL TO ci_owner USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop());

CREATE FUNCTION app.keep_access_reviews() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.reviewed_at IS NULL THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND OLD.reviewed_at < clock_timestamp() - interval '13 months' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'a review that was signed off stays as it is' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON app.access_reviews FOR EACH ROW EXECUTE FUNCTION app.keep_access_reviews();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON app.access_reviews EXECUTE FUNCTION app.refuse_change();
ALTER TABLE app.access_reviews ENABLE ALWAYS TRIGGER stays, ENABLE ALWAYS TRIGGER never_emptied;

CREATE OR REPLACE FUNCTION app.retire_access_records(of_shop uuid, up_to bigint) RETURNS bigint
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
  -- The triggers refuse what is too young.
  DELETE FROM app.access_records r WHERE r.shop_id = of_shop AND r.seq <= up_to;
  GET DIAGNOSTICS removed = ROW_COUNT;
  DELETE FROM app.access_reviews v
  WHERE v.shop_id = of_shop AND v.up_to_seq <= up_to AND v.reviewed_at < clock_timestamp() - interval '13 months';
  RETURN removed;
END $$;
