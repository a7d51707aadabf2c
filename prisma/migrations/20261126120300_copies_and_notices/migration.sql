-- CreateTable
CREATE TABLE "app"."access_packages" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "counts" JSONB NOT NULL,
    "names_staff" BOOLEAN NOT NULL,
    "subject_ids" UUID[],
    "previewed_at" TIMESTAMPTZ(3),
    "released_at" TIMESTAMPTZ(3),
    "release_reason" TEXT,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    "sealed" BYTEA,

    CONSTRAINT "access_packages_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."access_package_links" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "package_id" UUID NOT NULL,
    "token_digest" BYTEA NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "issued_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "access_package_links_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."notices" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "about_at" TIMESTAMPTZ(3) NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "unanswered" INTEGER NOT NULL DEFAULT 0,
    "tried_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "notices_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateIndex
CREATE INDEX "access_packages_shop_id_request_id_idx" ON "app"."access_packages"("shop_id", "request_id");

-- CreateIndex
CREATE UNIQUE INDEX "access_package_links_shop_id_token_digest_key" ON "app"."access_package_links"("shop_id", "token_digest");

-- CreateIndex
CREATE INDEX "notices_shop_id_state_idx" ON "app"."notices"("shop_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "notices_shop_id_request_id_kind_about_at_key" ON "app"."notices"("shop_id", "request_id", "kind", "about_at");

-- AddForeignKey
ALTER TABLE "app"."access_packages" ADD CONSTRAINT "access_packages_shop_id_request_id_fkey" FOREIGN KEY ("shop_id", "request_id") REFERENCES "app"."privacy_requests"("shop_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "app"."access_package_links" ADD CONSTRAINT "access_package_links_shop_id_package_id_fkey" FOREIGN KEY ("shop_id", "package_id") REFERENCES "app"."access_packages"("shop_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "app"."notices" ADD CONSTRAINT "notices_shop_id_request_id_fkey" FOREIGN KEY ("shop_id", "request_id") REFERENCES "app"."privacy_requests"("shop_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- A request has one copy at most; one that is no more holds nothing.
CREATE UNIQUE INDEX access_packages_one ON app.access_packages (shop_id, request_id) WHERE ended_at IS NULL;
CREATE INDEX access_packages_subjects ON app.access_packages USING gin (subject_ids) WHERE ended_at IS NULL;
ALTER TABLE app.access_packages
  ADD CONSTRAINT access_packages_sealed CHECK ((sealed IS NULL) = (ended_at IS NOT NULL)),
  ADD CONSTRAINT access_packages_ended CHECK (
    (ended_at IS NULL) = (end_reason IS NULL) AND end_reason IN ('fetched', 'expired', 'replaced', 'closed', 'erased')),
  ADD CONSTRAINT access_packages_released CHECK (
    (released_at IS NULL) = (release_reason IS NULL) AND release_reason IN ('reviewed', 'day-25'));
ALTER TABLE app.notices
  ADD CONSTRAINT notices_kind CHECK (kind IN ('received', 'ten-days-left', 'three-days-left')),
  ADD CONSTRAINT notices_state CHECK (state IN ('waiting', 'sending', 'sent', 'shown', 'uncertain', 'failed'));

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['app.access_packages', 'app.access_package_links', 'app.notices'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY own_shop ON %s FOR ALL TO ci_app USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop())',
      name);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON %s TO ci_app', name);
    EXECUTE format('GRANT SELECT ON %s TO ci_backup', name);
  END LOOP;
END $$;

-- What is in a copy, whom it is about and whose it is stay as they were made; it can be given out, and ended.
GRANT UPDATE (previewed_at, released_at, release_reason, ended_at, end_reason, subject_ids, sealed) ON app.access_packages TO ci_app;
GRANT UPDATE (used_at) ON app.access_package_links TO ci_app;
GRANT UPDATE (state, tries, unanswered, tried_at, sent_at) ON app.notices TO ci_app;

-- Shops with an open request or a copy that lies ready: ids alone, for the clock that looks after them.
CREATE POLICY directory ON app.access_packages FOR SELECT TO ci_owner USING (true);
CREATE FUNCTION app.shops_with_open_requests() RETURNS TABLE (shop_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT r.shop_id FROM app.privacy_requests r WHERE r.finished_at IS NULL
  UNION
  SELECT p.shop_id FROM app.access_packages p WHERE p.ended_at IS NULL
$$;
REVOKE ALL ON FUNCTION app.shops_with_open_requests() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.shops_with_open_requests() TO ci_dispatch;
