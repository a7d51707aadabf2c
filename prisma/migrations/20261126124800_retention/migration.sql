-- AlterTable
ALTER TABLE "app"."people" ADD COLUMN     "last_active_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "app"."retention_settings" (
    "shop_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "terms" JSONB NOT NULL,

    CONSTRAINT "retention_settings_pkey" PRIMARY KEY ("shop_id","version")
);

-- CreateTable
CREATE TABLE "app"."retention_runs" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "moment" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "settings_version" INTEGER NOT NULL,
    "terms" JSONB NOT NULL,
    "plan" JSONB NOT NULL,
    "progress" JSONB NOT NULL,

    CONSTRAINT "retention_runs_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateIndex
CREATE INDEX "retention_runs_shop_id_started_at_idx" ON "app"."retention_runs"("shop_id", "started_at");

-- What Prisma cannot say.
ALTER TABLE app.retention_runs
  ADD CONSTRAINT retention_runs_state CHECK (state IN ('running', 'done', 'stopped')),
  ADD CONSTRAINT retention_runs_ended CHECK ((state = 'running') = (finished_at IS NULL)),
  ADD CONSTRAINT retention_runs_reason CHECK ((state = 'stopped') = (reason IS NOT NULL));

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['app.retention_settings', 'app.retention_runs'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_shop ON %s FOR ALL TO ci_app USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop())',
      name);
    EXECUTE format('GRANT SELECT ON %s TO ci_backup', name);
  END LOOP;
END $$;

-- Who set what stays as it was. A run is written before it acts; afterwards only how far it came may be added.
GRANT SELECT, INSERT, DELETE ON app.retention_settings, app.retention_runs TO ci_app;
GRANT UPDATE (state, reason, finished_at, progress) ON app.retention_runs TO ci_app;

-- What proves something goes when its time is up and not a day earlier, whatever the program believes; or with the shop.
CREATE POLICY when_its_time_is_up ON app.retention_runs AS RESTRICTIVE FOR DELETE TO ci_app
  USING (shop_id = app.current_shop() AND (started_at + interval '36 months' <= clock_timestamp()
    OR EXISTS (SELECT FROM app.shops s WHERE s.id = shop_id AND s.status = 'redacted')));
CREATE POLICY with_the_shop ON app.retention_settings AS RESTRICTIVE FOR DELETE TO ci_app
  USING (shop_id = app.current_shop() AND EXISTS (SELECT FROM app.shops s WHERE s.id = shop_id AND s.status = 'redacted'));
GRANT DELETE ON app.agreement_acceptances TO ci_app;
CREATE POLICY when_its_time_is_up ON app.agreement_acceptances AS RESTRICTIVE FOR DELETE TO ci_app
  USING (shop_id = app.current_shop() AND ended_at IS NOT NULL AND ended_at + interval '36 months' <= clock_timestamp());
GRANT DELETE ON app.shops TO ci_app;
CREATE POLICY when_nothing_is_left ON app.shops AS RESTRICTIVE FOR DELETE TO ci_app 
  USING (id = app.current_shop() AND status = 'redacted');

-- Requests go with their history, their run and their receipt, never before two years have passed since they ended.
GRANT DELETE ON app.privacy_requests, app.privacy_request_steps, app.erasure_runs, app.erasure_receipts TO ci_app;
CREATE POLICY when_its_time_is_up ON app.privacy_requests AS RESTRICTIVE FOR DELETE TO ci_app
  USING (shop_id = app.current_shop() AND finished_at IS NOT NULL AND finished_at + interval '24 months' <= clock_timestamp());
CREATE POLICY when_its_time_is_up ON app.privacy_request_steps AS RESTRICTIVE FOR DELETE TO ci_app
  USING (shop_id = app.current_shop() AND at + interval '24 months' <= clock_timestamp());
CREATE POLICY when_its_time_is_up ON app.erasure_runs AS RESTRICTIVE FOR DELETE TO ci_app
  USING (shop_id = app.current_shop() AND erased_at + interval '24 months' <= clock_timestamp());
CREATE POLICY when_its_time_is_up ON app.erasure_receipts AS RESTRICTIVE FOR DELETE TO ci_app
  USING (shop_id = app.current_shop() AND issued_at + interval '24 months' <= clock_timestamp());
