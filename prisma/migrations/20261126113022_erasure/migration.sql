-- CreateTable
CREATE TABLE "app"."tombstones" (
    "shop_id" UUID NOT NULL,
    "tag" BYTEA NOT NULL,
    "kind" TEXT NOT NULL,
    "request_id" UUID NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL,
    "blocked" INTEGER NOT NULL DEFAULT 0,
    "last_blocked_at" TIMESTAMPTZ(3),

    CONSTRAINT "tombstones_pkey" PRIMARY KEY ("shop_id","tag")
);

-- CreateTable
CREATE TABLE "app"."erasure_runs" (
    "shop_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL,
    "counts" JSONB NOT NULL,
    "sealed" BYTEA,

    CONSTRAINT "erasure_runs_pkey" PRIMARY KEY ("shop_id","request_id")
);

-- CreateTable
CREATE TABLE "app"."erasure_receipts" (
    "shop_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "statement" JSONB NOT NULL,
    "key_id" TEXT NOT NULL,
    "signature" BYTEA NOT NULL,

    CONSTRAINT "erasure_receipts_pkey" PRIMARY KEY ("shop_id","request_id")
);

-- CreateIndex
CREATE INDEX "tombstones_shop_id_request_id_idx" ON "app"."tombstones"("shop_id", "request_id");

ALTER TABLE app.tombstones
  ADD CONSTRAINT tombstones_kind CHECK (kind IN ('customer', 'email', 'order', 'cart', 'checkout'));

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['app.tombstones', 'app.erasure_runs', 'app.erasure_receipts'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_shop ON %s FOR ALL TO ci_app USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop())',
      name);
    EXECUTE format('GRANT SELECT, INSERT ON %s TO ci_app', name);
    EXECUTE format('GRANT SELECT ON %s TO ci_backup', name);
  END LOOP;
END $$;

-- A tombstone is never taken away, only counted at and moved to a later erasure. A receipt is written once.
GRANT UPDATE (request_id, erased_at, blocked, last_blocked_at) ON app.tombstones TO ci_app;
GRANT UPDATE (counts, sealed) ON app.erasure_runs TO ci_app;

-- Shops that have a request waiting for a job. Says nothing of whom it is about, nor which.
CREATE FUNCTION app.shops_with_requests(at_most integer) RETURNS TABLE (shop_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT DISTINCT r.shop_id FROM app.privacy_requests r WHERE r.state IN ('received', 'working', 'residue') LIMIT at_most
$$;
CREATE POLICY directory ON app.privacy_requests FOR SELECT TO ci_owner USING (true);
CREATE INDEX privacy_requests_to_work_on ON app.privacy_requests (shop_id) WHERE state IN ('received', 'working', 'residue');
REVOKE ALL ON FUNCTION app.shops_with_requests(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.shops_with_requests(integer) TO ci_dispatch;
