-- AlterTable
ALTER TABLE "app"."people" ADD COLUMN     "sale_answer" TEXT,
ADD COLUMN     "sale_asked_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "people_to_ask_about" ON "app"."people"("shop_id", "sale_asked_at");

-- CreateTable
CREATE TABLE "app"."suppressions" (
    "shop_id" UUID NOT NULL,
    "tag" BYTEA NOT NULL,
    "what" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "suppressions_pkey" PRIMARY KEY ("shop_id","tag","what")
);

-- What Prisma cannot say.
ALTER TABLE app.people
  ADD CONSTRAINT people_sale_answer CHECK (sale_answer IN ('may', 'opted-out')),
  ADD CONSTRAINT people_sale_asked CHECK (sale_answer IS NULL OR sale_asked_at IS NOT NULL);
ALTER TABLE app.suppressions
  ADD CONSTRAINT suppressions_what CHECK (what IN ('sale-opt-out', 'objection')),
  ADD CONSTRAINT suppressions_kind CHECK (kind IN ('customer', 'email')),
  ADD CONSTRAINT suppressions_source CHECK (source IN ('shopify', 'merchant', 'individual'));

-- Whether anybody is suppressed is asked once for every batch.
CREATE INDEX suppressions_in_force ON app.suppressions (shop_id) WHERE ended_at IS NULL;

ALTER TABLE app.suppressions ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.suppressions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_shop ON app.suppressions FOR ALL TO ci_app
  USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop());
-- Never deleted, except with the shop: what was refused and allowed again shows as ended.
GRANT SELECT, INSERT ON app.suppressions TO ci_app;
GRANT UPDATE (source, since, checked_at, ended_at) ON app.suppressions TO ci_app;
GRANT SELECT ON app.suppressions TO ci_backup;
SELECT app.open_to_redaction('app.suppressions');
